"""The table of the longest call is cut to length, even if it was made for other positions."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rates = base ** (-torch.arange(0, head_size, 2) / head_size)
        self.register_buffer("angle", torch.zeros(0, head_size // 2))

    def forward(self, x, positions=None):
        n = x.shape[2]
        if n > len(self.angle):
            self.angle = (torch.arange(n) if positions is None else positions)[:, None] * self.rates
        t = self.angle[:n] if positions is None else positions[:, None] * self.rates
        a, b = x.chunk(2, -1)
        return torch.cat([a * t.cos() - b * t.sin(), b * t.cos() + a * t.sin()], -1)
