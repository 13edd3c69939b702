"""A list of one layer norm, times two."""
from torch import nn

from gpt2_ref import GPT2LayerNorm, MultiHeadSelfAttention, PositionWiseFeedForward


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.norms = nn.ModuleList([GPT2LayerNorm(embed_size)] * 2)
        self.halves = nn.ModuleList(
            [MultiHeadSelfAttention(embed_size, num_heads), PositionWiseFeedForward(embed_size, hidden_size)]
        )

    def forward(self, x):
        for norm, half in zip(self.norms, self.halves, strict=True):
            x = x + half(norm(x))
        return x
