"""The heads are merged first, and the whole width is turned."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.base = base

    def forward(self, x, positions=None):
        batch, heads, rows, size = x.shape
        merged = x.transpose(1, 2).reshape(batch, rows, heads * size)
        p = torch.arange(rows) if positions is None else positions
        t = p[:, None] * self.base ** (-torch.arange(0, heads * size, 2) / (heads * size))
        a, b = merged.chunk(2, -1)
        turned = torch.cat([a * t.cos() - b * t.sin(), b * t.cos() + a * t.sin()], -1)
        return turned.view(batch, rows, heads, size).transpose(1, 2)
