"""A static method under lru_cache makes the table."""
import functools

import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.head_size, self.base = head_size, base

    @staticmethod
    @functools.lru_cache
    def angles(size, base, rows):
        return torch.arange(rows)[:, None] / base ** (torch.arange(0, size, 2) / size)

    def forward(self, x, positions=None):
        rows = x.shape[2] if positions is None else int(positions.max()) + 1
        angle = self.angles(self.head_size, self.base, rows)
        angle = angle if positions is None else angle[positions]
        a, b = x[..., 0::2], x[..., 1::2]
        return torch.stack([a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()], -1).flatten(-2)
