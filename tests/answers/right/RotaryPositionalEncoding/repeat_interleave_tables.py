"""Adjacent pairs with tables by repeat_interleave."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.head_size = head_size
        self.base = base

    def partner(self, x):
        out = torch.empty_like(x)
        out[..., 0::2] = -x[..., 1::2]
        out[..., 1::2] = x[..., 0::2]
        return out

    def forward(self, x, positions=None):
        where = torch.arange(x.shape[2]) if positions is None else positions
        rate = (self.base ** (-torch.arange(0, self.head_size, 2) / self.head_size)).repeat_interleave(2)
        angle = where.reshape(-1, 1) * rate
        return x * angle.cos() + self.partner(x) * angle.sin()
