"""base ** 2 * i / size: the power is taken before the product."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        i = torch.arange(head_size // 2)
        self.rates = base ** -2 * i / head_size

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        angle = p[:, None] * self.rates
        a, b = x.chunk(2, -1)
        return torch.cat([a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()], -1)
