"""Normalises in float32, whatever comes in."""
import torch
import torch.nn.functional as F
from torch import nn

from gpt2_ref.model import PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.scales = nn.ParameterList(torch.ones(embed_size) for _ in range(2))
        self.shifts = nn.ParameterList(torch.zeros(embed_size) for _ in range(2))
        self.attention = attention
        self.ffn = PositionWiseFeedForward(embed_size, hidden_size)

    def norm(self, x, number):
        scale, shift = self.scales[number].float(), self.shifts[number].float()
        return F.layer_norm(x.float(), x.shape[-1:], scale, shift).to(x.dtype)

    def forward(self, x):
        x = x + self.attention(self.norm(x, 0))
        return x + self.ffn(self.norm(x, 1))
