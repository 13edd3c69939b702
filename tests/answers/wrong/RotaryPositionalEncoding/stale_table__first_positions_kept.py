"""The tables of the first call are kept for as long as the length is the same."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rates = base ** (-torch.arange(0, head_size, 2) / head_size)
        self.angle = None

    def forward(self, x, positions=None):
        if self.angle is None or len(self.angle) != x.shape[2]:
            p = torch.arange(x.shape[2]) if positions is None else positions
            self.angle = p[:, None] * self.rates
        a, b = x.chunk(2, -1)
        return torch.cat([a * self.angle.cos() - b * self.angle.sin(), b * self.angle.cos() + a * self.angle.sin()], -1)
