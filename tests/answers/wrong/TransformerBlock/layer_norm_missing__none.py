"""No layer norm anywhere."""
from torch import nn

from gpt2_ref.model import PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.attention = attention
        self.feed_forward = PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x):
        x = x + self.attention(x)
        return x + self.feed_forward(x)
