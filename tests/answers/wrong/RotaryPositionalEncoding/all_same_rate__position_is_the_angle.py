"""The position itself is the angle."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.base = base

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        c, s = torch.cos(p)[:, None].to(x.dtype), torch.sin(p)[:, None].to(x.dtype)
        a, b = x[..., 0::2], x[..., 1::2]
        return torch.stack([a * c - b * s, b * c + a * s], -1).flatten(3)
