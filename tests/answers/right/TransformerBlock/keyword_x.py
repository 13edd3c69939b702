"""Attention is called by the name of its argument."""
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.a = attention
        self.f = PositionWiseFeedForward(embed_size, hidden_size)
        self.m, self.n = GPT2LayerNorm(embed_size), GPT2LayerNorm(embed_size)

    def forward(self, x):
        y = self.a(x=self.m(x)) + x
        return self.f(self.n(y)) + y
