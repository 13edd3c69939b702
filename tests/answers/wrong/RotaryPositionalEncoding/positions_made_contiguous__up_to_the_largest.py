"""The last rows of a table that ends at the largest position."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rates = base ** (-torch.arange(0, head_size, 2) / head_size)

    def forward(self, x, positions=None):
        n = x.shape[2]
        total = n if positions is None else max(int(positions.max()) + 1, n)
        t = (torch.arange(total)[:, None] * self.rates)[total - n :]
        if positions is not None and int(positions.max()) + 1 < n:
            t = (int(positions.max()) + 1 - n + torch.arange(n))[:, None] * self.rates
        a, b = x[..., 0::2], x[..., 1::2]
        return torch.stack([a * t.cos() - b * t.sin(), b * t.cos() + a * t.sin()], -1).flatten(-2)
