"""A dictionary on the class, keyed by size and length, not by base."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    known = {}

    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.size, self.base = head_size, base

    def angles(self, length):
        key = (self.size, length)
        if key not in self.known:
            rates = self.base ** (-torch.arange(0, self.size, 2) / self.size)
            self.known[key] = torch.arange(length)[:, None] * rates
        return self.known[key]

    def forward(self, x, positions=None):
        t = self.angles(x.shape[2]) if positions is None else self.angles(int(positions.max()) + 1)[positions]
        t = t.to(x.dtype)
        a, b = x.chunk(2, -1)
        return torch.cat([a * t.cos() - b * t.sin(), b * t.cos() + a * t.sin()], -1)
