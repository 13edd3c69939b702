"""Adjacent pairs are complex numbers, multiplied by numbers of length 1."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rates = base ** (-torch.arange(0, head_size, 2) / head_size)

    def forward(self, x, positions=None):
        if positions is None:
            positions = torch.arange(x.shape[2])
        angles = positions[:, None] * self.rates
        turn = torch.polar(torch.ones_like(angles), angles)
        numbers = torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous())
        return torch.view_as_real(numbers * turn).flatten(-2)
