"""Neighbours turn, with rates that go on from head to head."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.base = base

    def forward(self, x, positions=None):
        heads, rows, size = x.shape[1:]
        p = torch.arange(rows) if positions is None else positions
        rates = self.base ** (-torch.arange(0, heads * size, 2) / (heads * size))
        t = torch.einsum("s,hp->hsp", p.to(rates.dtype), rates.view(heads, -1))
        a, b = x[..., 0::2], x[..., 1::2]
        return torch.stack([a * t.cos() - b * t.sin(), b * t.cos() + a * t.sin()], -1).flatten(-2)
