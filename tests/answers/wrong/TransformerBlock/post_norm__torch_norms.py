"""Normalises the sums, as the first transformer did."""
from torch import nn

from gpt2_ref.model import PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.attention = attention
        self.norm1 = nn.LayerNorm(embed_size)
        self.feed_forward = PositionWiseFeedForward(embed_size, hidden_size)
        self.norm2 = nn.LayerNorm(embed_size)

    def forward(self, x):
        x = self.norm1(x + self.attention(x))
        return self.norm2(x + self.feed_forward(x))
