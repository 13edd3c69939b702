"""Adjacent pairs; the sine stands where the cosine belongs."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rates = base ** (-torch.arange(0, head_size, 2) / head_size)

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        t = p[:, None] * self.rates
        a, b = x.unflatten(-1, (-1, 2)).unbind(-1)
        return torch.stack([a * t.sin() - b * t.cos(), b * t.sin() + a * t.cos()], dim=-1).flatten(-2)
