"""One loop over two halves, each with its norm."""
from torch import nn

from gpt2_ref.model import PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.halves = nn.ModuleList([attention, PositionWiseFeedForward(embed_size, hidden_size)])
        self.norms = nn.ModuleList(nn.LayerNorm(embed_size) for _ in self.halves)

    def forward(self, x):
        for half, norm in zip(self.halves, self.norms):
            x = x + half(norm(x))
        return x
