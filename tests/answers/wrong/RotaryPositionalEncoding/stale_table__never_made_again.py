"""The tables are made once, for the first length."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rates = base ** (-torch.arange(0, head_size, 2) / head_size)
        self.cos = None

    def forward(self, x, positions=None):
        if self.cos is None:
            p = torch.arange(x.shape[2]) if positions is None else positions
            t = p[:, None] * self.rates
            self.cos, self.sin = t.cos(), t.sin()
        c, s = self.cos, self.sin
        a, b = x[..., 0::2], x[..., 1::2]
        return torch.stack([a * c - b * s, b * c + a * s], -1).flatten(-2)
