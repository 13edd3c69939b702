"""Attention's half alone."""
from torch import nn


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.attention = attention
        self.norm = nn.LayerNorm(embed_size)

    def forward(self, x):
        return x + self.attention(self.norm(x))
