"""Angles in float64 whatever x is, rounded at the end."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rates = base ** (-torch.arange(0, head_size, 2, dtype=torch.double) / head_size)

    def forward(self, x, positions=None):
        positions = torch.arange(x.shape[2]) if positions is None else positions
        angle = positions.double()[:, None] * self.rates
        first, second = x.double().chunk(2, dim=-1)
        new_first = first * angle.cos() - second * angle.sin()
        new_second = first * angle.sin() + second * angle.cos()
        return torch.cat([new_first, new_second], dim=-1).to(x.dtype)
