"""The halves are written back into x."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.half = head_size // 2
        self.rates = base ** (-torch.arange(0, head_size, 2) / head_size)

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        t = p[:, None] * self.rates
        first, second = x[..., : self.half].clone(), x[..., self.half :].clone()
        x[..., : self.half] = first * t.cos() - second * t.sin()
        x[..., self.half :] = first * t.sin() + second * t.cos()
        return x
