"""The parts are kept in a plain list."""
from torch import nn

from gpt2_ref import GPT2LayerNorm, MultiHeadSelfAttention, PositionWiseFeedForward


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.halves = [
            (GPT2LayerNorm(embed_size), MultiHeadSelfAttention(embed_size, num_heads)),
            (GPT2LayerNorm(embed_size), PositionWiseFeedForward(embed_size, hidden_size)),
        ]

    def forward(self, x):
        for norm, half in self.halves:
            x = x + half.to(x.dtype)(norm.to(x.dtype)(x))
        return x
