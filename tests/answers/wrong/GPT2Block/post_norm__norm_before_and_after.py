"""Each layer norm is used before its half and after the sum."""
from torch import nn

from gpt2_ref import GPT2LayerNorm, MultiHeadSelfAttention, PositionWiseFeedForward


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.norm_a = GPT2LayerNorm(embed_size)
        self.norm_b = GPT2LayerNorm(embed_size)
        self.a = MultiHeadSelfAttention(embed_size, num_heads)
        self.b = PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x):
        x = self.norm_a(x + self.a(self.norm_a(x)))
        return self.norm_b(x + self.b(self.norm_b(x)))
