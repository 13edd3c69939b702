"""All rows of all heads lie in one line, and are counted there."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rates = base ** (-torch.arange(0, head_size, 2) / head_size)

    def forward(self, x, positions=None):
        rows = x.reshape(-1, x.shape[-1])
        t = torch.arange(len(rows))[:, None] * self.rates
        a, b = rows.chunk(2, -1)
        return torch.cat([a * t.cos() - b * t.sin(), b * t.cos() + a * t.sin()], -1).reshape(x.shape)
