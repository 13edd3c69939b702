"""The widening matrix also narrows."""
import torch.nn.functional as F
from torch import nn


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(embed_size), nn.LayerNorm(embed_size)
        self.attention = attention
        self.wide = nn.Linear(embed_size, hidden_size)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + F.gelu(self.wide(self.norm2(x)), approximate="tanh") @ self.wide.weight
