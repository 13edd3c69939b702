"""A dictionary on the class, keyed by all that a table depends on."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    tables = {}

    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.key = (head_size, base)

    def angles(self, length, dtype):
        size, base = self.key
        key = (*self.key, length, dtype)
        if key not in self.tables:
            rates = base ** (-torch.arange(0, size, 2, dtype=dtype) / size)
            self.tables[key] = torch.arange(length, dtype=dtype)[:, None] * rates
        return self.tables[key]

    def forward(self, x, positions=None):
        if positions is None:
            angle = self.angles(x.shape[2], x.dtype)
        else:
            angle = self.angles(int(positions.max()) + 1, x.dtype)[positions]
        first, second = x[..., ::2], x[..., 1::2]
        return torch.stack([first * angle.cos() - second * angle.sin(), second * angle.cos() + first * angle.sin()], 4).flatten(3)
