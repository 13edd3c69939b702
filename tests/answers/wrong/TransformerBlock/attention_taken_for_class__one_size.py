"""Calls attention with the embedding's size."""
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.parts = nn.ModuleList([attention(embed_size), PositionWiseFeedForward(embed_size, hidden_size)])
        self.norms = nn.ModuleList([GPT2LayerNorm(embed_size) for _ in range(2)])

    def forward(self, x):
        for part, norm in zip(self.parts, self.norms):
            x = x + part(norm(x))
        return x
