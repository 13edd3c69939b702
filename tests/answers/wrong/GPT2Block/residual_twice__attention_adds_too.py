"""Attention's method adds x already, and forward adds it again."""
from torch import nn

from gpt2_ref import GPT2LayerNorm, MultiHeadSelfAttention, PositionWiseFeedForward


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.ln1 = GPT2LayerNorm(embed_size)
        self.ln2 = GPT2LayerNorm(embed_size)
        self.mha = MultiHeadSelfAttention(embed_size, num_heads)
        self.ffn = PositionWiseFeedForward(embed_size, hidden_size)

    def first_half(self, x):
        return x + self.mha(self.ln1(x))

    def second_half(self, x):
        return x + self.ffn(self.ln2(x))

    def forward(self, x):
        x = x + self.first_half(x)
        return x + self.second_half(x)
