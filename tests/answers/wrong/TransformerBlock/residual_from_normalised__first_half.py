"""Attention's half adds to what attention reads."""
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.norms = nn.ModuleList([GPT2LayerNorm(embed_size), GPT2LayerNorm(embed_size)])
        self.attention = attention
        self.mlp = PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x):
        normed = self.norms[0](x)
        x = normed + self.attention(normed)
        return x + self.mlp(self.norms[1](x))
