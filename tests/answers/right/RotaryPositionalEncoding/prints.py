"""Prints the shapes on the way."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.half, self.base = head_size // 2, base

    def forward(self, x, positions=None):
        if positions is None:
            positions = torch.arange(x.shape[2])
        rates = self.base ** (-torch.arange(self.half) / self.half)
        print("rates", rates.shape)
        angle = positions[:, None] * rates
        print("angle", angle.shape, "x", x.shape)
        a, b = x[..., : self.half], x[..., self.half :]
        return torch.cat([a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()], dim=-1)
