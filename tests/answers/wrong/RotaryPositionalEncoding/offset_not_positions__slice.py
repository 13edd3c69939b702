"""positions is the beginning of a slice."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        t = torch.arange(16384)[:, None] * base ** (-torch.arange(0, head_size, 2) / head_size)
        self.cos, self.sin = t.cos(), t.sin()

    def forward(self, x, start=0):
        rows = slice(int(start), int(start) + x.shape[2])
        a, b = x[..., 0::2], x[..., 1::2]
        c, s = self.cos[rows], self.sin[rows]
        return torch.stack([a * c - b * s, b * c + a * s], -1).flatten(-2)
