"""Takes a mask and a cache that it does not need, and extra settings in the constructor."""
from torch import nn

from gpt2_ref import GPT2LayerNorm, MultiHeadSelfAttention, PositionWiseFeedForward


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size, *, eps=1e-5, residual_scale=1.0):
        super().__init__()
        self.attention_norm = GPT2LayerNorm(embed_size, eps)
        self.attention = MultiHeadSelfAttention(embed_size, num_heads)
        self.feed_forward_norm = GPT2LayerNorm(embed_size, eps)
        self.feed_forward = PositionWiseFeedForward(embed_size, hidden_size)
        self.residual_scale = residual_scale

    def forward(self, x, mask=None, cache=None):
        x = x + self.residual_scale * self.attention(self.attention_norm(x))
        return x + self.residual_scale * self.feed_forward(self.feed_forward_norm(x))
