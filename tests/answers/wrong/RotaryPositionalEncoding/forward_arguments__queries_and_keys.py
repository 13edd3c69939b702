"""forward wants queries and keys together."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rates = base ** (-torch.arange(0, head_size, 2) / head_size)

    def turn(self, x, t):
        a, b = x.chunk(2, -1)
        return torch.cat([a * t.cos() - b * t.sin(), b * t.cos() + a * t.sin()], -1)

    def forward(self, query, key, positions=None):
        t = torch.arange(query.shape[2])[:, None] * self.rates
        return self.turn(query, t), self.turn(key, t)
