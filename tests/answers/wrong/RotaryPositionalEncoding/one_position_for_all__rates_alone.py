"""The angles are the rates; no position enters."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rates = base ** (-torch.arange(0, head_size, 2) / head_size)

    def forward(self, x, positions=None):
        a, b = x[..., 0::2], x[..., 1::2]
        c, s = self.rates.cos(), self.rates.sin()
        return torch.stack([a * c - b * s, b * c + a * s], -1).flatten(-2)
