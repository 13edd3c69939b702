"""The sine is a cosine a quarter turn earlier; one table of angles for both."""
import math

import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        rates = base ** (-torch.arange(0, head_size, 2, dtype=torch.get_default_dtype()) / head_size)
        self.register_buffer("rates", rates)

    def forward(self, x, positions=None):
        angle = (torch.arange(x.shape[2]) if positions is None else positions).unsqueeze(-1) * self.rates
        waves = torch.cos(torch.stack([angle, angle - math.pi / 2]))
        cos, sin = waves
        halves = x.unflatten(-1, (2, -1))
        a, b = halves.select(-2, 0), halves.select(-2, 1)
        return torch.stack([a * cos - b * sin, a * sin + b * cos], dim=-2).flatten(-2)
