"""The positions count the texts of the batch."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rates = base ** (-torch.arange(0, head_size, 2) / head_size)

    def forward(self, x, positions=None):
        t = (torch.arange(x.shape[0])[:, None] * self.rates)[:, None, None]
        a, b = x[..., 0::2], x[..., 1::2]
        return torch.stack([a * t.cos() - b * t.sin(), b * t.cos() + a * t.sin()], -1).flatten(-2)
