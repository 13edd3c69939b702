"""Normalises by F.layer_norm alone, nothing is learned there."""
import torch.nn.functional as F
from torch import nn

from gpt2_ref import MultiHeadSelfAttention, PositionWiseFeedForward


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.size = (embed_size,)
        self.attn = MultiHeadSelfAttention(embed_size, num_heads)
        self.ffn = PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x):
        x = x + self.attn(F.layer_norm(x, self.size))
        return x + self.ffn(F.layer_norm(x, self.size))
