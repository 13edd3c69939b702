"""Positions begin again after 256."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        t = torch.arange(256)[:, None] * base ** (-torch.arange(0, head_size, 2) / head_size)
        self.cos, self.sin = t.cos(), t.sin()

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        c, s = self.cos[p % 256], self.sin[p % 256]
        a, b = x[..., 0::2], x[..., 1::2]
        return torch.stack([a * c - b * s, b * c + a * s], -1).flatten(-2)
