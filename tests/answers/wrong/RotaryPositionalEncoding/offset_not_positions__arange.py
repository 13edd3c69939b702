"""positions is taken for the number to start from."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rates = base ** (-torch.arange(0, head_size, 2) / head_size)

    def forward(self, x, positions=None):
        start = positions or 0
        t = torch.arange(start, start + x.shape[2])[:, None] * self.rates
        a, b = x.chunk(2, -1)
        return torch.cat([a * t.cos() - b * t.sin(), b * t.cos() + a * t.sin()], -1)
