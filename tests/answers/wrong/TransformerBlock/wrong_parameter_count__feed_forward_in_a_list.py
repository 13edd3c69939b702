"""The layers of the feed-forward half lie in a Python list."""
from torch import nn

from gpt2_ref.model import GPT2LayerNorm


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.norm1, self.norm2 = GPT2LayerNorm(embed_size), GPT2LayerNorm(embed_size)
        self.attention = attention
        self.steps = [nn.Linear(embed_size, hidden_size), nn.GELU("tanh"), nn.Linear(hidden_size, embed_size)]

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        h = self.norm2(x)
        for step in self.steps:
            h = step(h)
        return x + h
