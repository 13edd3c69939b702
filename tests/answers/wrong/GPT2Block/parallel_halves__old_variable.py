"""The second layer norm is given the old x by mistake."""
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
        after_attention = x + self.attention(self.norm1(x))
        return after_attention + self.feed_forward(self.norm2(x))
