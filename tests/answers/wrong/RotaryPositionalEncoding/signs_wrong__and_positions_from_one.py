"""Two mistakes: no minus, and the first row stands at position 1."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rates = base ** (-torch.arange(0, head_size, 2) / head_size)

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        t = (p + 1)[:, None] * self.rates
        a, b = x[..., 0::2], x[..., 1::2]
        return torch.stack([a * t.cos() + b * t.sin(), a * t.sin() + b * t.cos()], -1).flatten(-2)
