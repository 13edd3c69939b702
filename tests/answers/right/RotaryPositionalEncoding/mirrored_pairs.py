"""Entry i turns with entry head_size - 1 - i."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        half = base ** (-torch.arange(0, head_size, 2) / head_size)
        self.register_buffer("rates", torch.cat([half, half.flip(0)]))
        self.register_buffer("sign", torch.cat([-torch.ones(len(half)), torch.ones(len(half))]))

    def forward(self, x, positions=None):
        positions = torch.arange(x.shape[2]) if positions is None else positions
        angle = positions[:, None] * self.rates
        return x * angle.cos() + self.sign * x.flip(-1) * angle.sin()
