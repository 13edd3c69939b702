"""A copy is changed in place, and the second line reads from the copy."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rates = base ** (-torch.arange(0, head_size, 2) / head_size)

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        c, s = (p[:, None] * self.rates).cos(), (p[:, None] * self.rates).sin()
        y = x.clone()
        y[..., 0::2] = y[..., 0::2] * c - y[..., 1::2] * s
        y[..., 1::2] = y[..., 0::2] * s + y[..., 1::2] * c
        return y
