"""torch.roll finds the partner, and nobody changes a sign."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.half = head_size // 2
        self.rates = (base ** (-torch.arange(0, head_size, 2) / head_size)).repeat(2)

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        t = p[:, None] * self.rates
        return x * t.cos() + torch.roll(x, self.half, -1) * t.sin()
