"""A dictionary on the class that holds cosines and sines together, keyed by all that they depend on."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    memory = {}

    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.head_size, self.base = head_size, base

    def tables(self, rows):
        key = (self.head_size, self.base, rows)
        if key not in self.memory:
            angle = torch.arange(rows)[:, None] * self.base ** (-torch.arange(0, self.head_size, 2) / self.head_size)
            self.memory[key] = (angle.cos(), angle.sin())
        return self.memory[key]

    def forward(self, x, positions=None):
        cos, sin = self.tables(x.shape[2] if positions is None else int(positions.max()) + 1)
        if positions is not None:
            cos, sin = cos[positions], sin[positions]
        a, b = x.chunk(2, -1)
        return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)
