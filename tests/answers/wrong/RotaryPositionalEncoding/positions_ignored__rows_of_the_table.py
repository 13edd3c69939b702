"""The table's first rows are used, whatever the positions are."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0, longest=16384):
        super().__init__()
        angle = torch.arange(longest)[:, None] * base ** (-torch.arange(0, head_size, 2) / head_size)
        self.register_buffer("cos", angle.cos())
        self.register_buffer("sin", angle.sin())

    def forward(self, x, positions=None):
        length = x.shape[2] if positions is None else len(positions)
        c, s = self.cos[:length], self.sin[:length]
        a, b = x[..., 0::2], x[..., 1::2]
        return torch.stack([a * c - b * s, b * c + a * s], -1).flatten(-2)
