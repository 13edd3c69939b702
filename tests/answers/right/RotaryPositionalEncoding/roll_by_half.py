"""The partner is half a head away: torch.roll brings it, a sign table finishes it."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0, **unused):
        super().__init__()
        self.half = head_size // 2
        self.rates = (base ** (-torch.arange(self.half) / self.half)).repeat(2)
        self.sign = torch.tensor([-1.0] * self.half + [1.0] * self.half)

    def forward(self, x, positions=None, **unused):
        pos = torch.arange(x.shape[2]) if positions is None else positions
        t = pos[..., None] * self.rates
        return x * t.cos() + x.roll(self.half, dims=-1) * self.sign * t.sin()
