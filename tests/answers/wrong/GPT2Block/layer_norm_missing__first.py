"""Attention reads the stream itself; there is one layer norm."""
from torch import nn

from gpt2_ref import GPT2LayerNorm, MultiHeadSelfAttention, PositionWiseFeedForward


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.norm = GPT2LayerNorm(embed_size)
        self.attn = MultiHeadSelfAttention(embed_size, num_heads)
        self.ffn = PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x):
        x = x + self.attn(x)
        return x + self.ffn(self.norm(x))
