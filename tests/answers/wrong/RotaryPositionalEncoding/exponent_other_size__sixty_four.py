"""GPT-2's head size is written into the code."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rates = base ** (-torch.arange(0, head_size, 2) / 64)

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        angle = p[:, None] * self.rates
        a, b = x[..., 0::2], x[..., 1::2]
        return torch.stack([a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()], -1).flatten(3)
