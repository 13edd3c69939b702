"""Rates and positions are multiplied entry by entry."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rates = base ** (-torch.arange(0, head_size, 2) / head_size)

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        t = p * self.rates
        a, b = x.chunk(2, -1)
        return torch.cat([a * t.cos() - b * t.sin(), b * t.cos() + a * t.sin()], -1)
