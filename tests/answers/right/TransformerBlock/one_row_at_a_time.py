"""The texts of a batch one after the other."""
import torch
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.norm1 = GPT2LayerNorm(embed_size)
        self.norm2 = GPT2LayerNorm(embed_size)
        self.attention = attention
        self.ffn = PositionWiseFeedForward(embed_size, hidden_size)

    def one(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.ffn(self.norm2(x))

    def forward(self, x):
        return torch.cat([self.one(row) for row in x.split(1)])
