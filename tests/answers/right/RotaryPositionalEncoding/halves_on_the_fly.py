"""Halves, angles computed in each call."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.head_size = head_size
        self.base = base

    def forward(self, x, positions=None):
        if positions is None:
            positions = torch.arange(x.size(2))
        i = torch.arange(self.head_size // 2)
        angle = positions[:, None] * self.base ** (-2 * i / self.head_size)
        a, b = x.chunk(2, dim=-1)
        return torch.cat([a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()], dim=-1)
