"""The halves in the other order."""
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.halves = nn.ModuleList([PositionWiseFeedForward(embed_size, hidden_size), attention])
        self.norms = nn.ModuleList([nn.LayerNorm(embed_size), nn.LayerNorm(embed_size)])

    def forward(self, x):
        for norm, part in zip(self.norms, self.halves):
            x = x + part(norm(x))
        return x
