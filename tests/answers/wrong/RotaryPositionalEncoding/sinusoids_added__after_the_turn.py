"""Turns the pairs, and adds the table as well."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rates = 1 / base ** (torch.arange(0, head_size, 2) / head_size)

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        angle = p.unsqueeze(1) * self.rates
        c, s = angle.cos(), angle.sin()
        a, b = x.chunk(2, -1)
        return torch.cat([a * c - b * s, a * s + b * c], -1) + torch.cat([s, c], -1)
