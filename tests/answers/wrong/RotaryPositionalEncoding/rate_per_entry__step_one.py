"""One angle for every entry, from 0 to almost 1 in steps of 1 / size."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.register_buffer("rates", base ** (-torch.arange(head_size) / head_size))

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        t = p[:, None] * self.rates
        half = x.shape[-1] // 2
        return x * t.cos() + torch.cat([-x[..., half:], x[..., :half]], -1) * t.sin()
