"""The loop counts pairs, and forgets to double."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.head_size, self.base = head_size, base

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        y = torch.empty_like(x)
        for pair in range(self.head_size // 2):
            angle = p * self.base ** (-pair / self.head_size)
            u, v = x[..., 2 * pair], x[..., 2 * pair + 1]
            y[..., 2 * pair] = u * angle.cos() - v * angle.sin()
            y[..., 2 * pair + 1] = u * angle.sin() + v * angle.cos()
        return y
