"""The exponent is divided by the width of all heads together."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.base = base

    def forward(self, x, positions=None):
        batch, heads, sequence, size = x.shape
        p = torch.arange(sequence) if positions is None else positions
        angle = p[:, None] * self.base ** (-torch.arange(0, size, 2) / (heads * size))
        a, b = x.chunk(2, -1)
        return torch.cat([a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()], -1)
