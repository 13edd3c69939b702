"""view is used to bring the rows forward."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rates = base ** (-torch.arange(0, head_size, 2) / head_size)

    def forward(self, x, positions=None):
        batch, heads, rows, size = x.shape
        y = x.reshape(batch, rows, heads, size)
        p = torch.arange(rows) if positions is None else positions
        t = (p[:, None] * self.rates)[:, None]
        a, b = y.chunk(2, -1)
        y = torch.cat([a * t.cos() - b * t.sin(), b * t.cos() + a * t.sin()], -1)
        return y.reshape(batch, heads, rows, size)
