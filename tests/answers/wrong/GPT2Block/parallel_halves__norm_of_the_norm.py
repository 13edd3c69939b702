"""The second layer norm reads the first one's result."""
from torch import nn

from gpt2_ref import GPT2LayerNorm, MultiHeadSelfAttention, PositionWiseFeedForward


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.norm1 = GPT2LayerNorm(embed_size)
        self.norm2 = GPT2LayerNorm(embed_size)
        self.attention = MultiHeadSelfAttention(embed_size, num_heads)
        self.feed_forward = PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x):
        n = self.norm1(x)
        x = x + self.attention(n)
        return x + self.feed_forward(self.norm2(n))
