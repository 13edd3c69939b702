"""The helper negates one half and swaps nothing."""
import torch
from torch import nn


def rotated(x):
    a, b = x.chunk(2, -1)
    return torch.cat([-a, b], -1)


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rates = (base ** (-torch.arange(0, head_size, 2) / head_size)).repeat(2)

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        t = p[:, None] * self.rates
        return x * t.cos() + rotated(x) * t.sin()
