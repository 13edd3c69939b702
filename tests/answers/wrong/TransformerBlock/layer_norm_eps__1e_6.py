"""Another eps than GPT-2's."""
from torch import nn

from gpt2_ref.model import PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.norm1 = nn.LayerNorm(embed_size, eps=1e-6)
        self.norm2 = nn.LayerNorm(embed_size, eps=1e-6)
        self.attention = attention
        self.ffn = PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.ffn(self.norm2(x))
