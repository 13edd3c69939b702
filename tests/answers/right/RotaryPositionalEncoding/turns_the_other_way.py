"""Every pair turns from its second number to its first."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.head_size, self.base = head_size, base

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        t = p.unsqueeze(1) / self.base ** (torch.arange(0, self.head_size, 2) / self.head_size)
        a, b = x.chunk(2, -1)
        return torch.cat([a * t.cos() + b * t.sin(), b * t.cos() - a * t.sin()], -1)
