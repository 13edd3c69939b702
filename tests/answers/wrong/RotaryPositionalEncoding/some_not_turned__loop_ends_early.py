"""The loop over the pairs goes through a quarter of the head."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.size, self.base = head_size, base

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        y = x.clone()
        for i in range(0, self.size // 2, 2):
            t = p * self.base ** (-i / self.size)
            y[..., i] = x[..., i] * t.cos() - x[..., i + 1] * t.sin()
            y[..., i + 1] = x[..., i] * t.sin() + x[..., i + 1] * t.cos()
        return y
