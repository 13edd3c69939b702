"""Even and odd entries are taken, and joined as halves."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rates = base ** (-torch.arange(0, head_size, 2) / head_size)

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        t = p[:, None] * self.rates
        even, odd = x[..., 0::2], x[..., 1::2]
        return torch.cat([even * t.cos() - odd * t.sin(), even * t.sin() + odd * t.cos()], dim=-1)
