"""A table in float16 to save memory."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        t = torch.arange(16384)[:, None] * base ** (-torch.arange(0, head_size, 2) / head_size)
        self.register_buffer("cos", t.cos().to(torch.float16))
        self.register_buffer("sin", t.sin().to(torch.float16))

    def forward(self, x, positions=None):
        rows = slice(x.shape[2]) if positions is None else positions
        c, s = self.cos[rows], self.sin[rows]
        a, b = x[..., 0::2], x[..., 1::2]
        return torch.stack([a * c - b * s, b * c + a * s], -1).flatten(-2)
