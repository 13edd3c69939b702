"""Positions beyond the context are cut off at its end."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0, context_size=1024):
        super().__init__()
        self.rates = base ** (-torch.arange(0, head_size, 2) / head_size)
        self.context_size = context_size

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        t = p.clamp(max=self.context_size - 1)[:, None] * self.rates
        a, b = x.chunk(2, -1)
        return torch.cat([a * t.cos() - b * t.sin(), b * t.cos() + a * t.sin()], -1)
