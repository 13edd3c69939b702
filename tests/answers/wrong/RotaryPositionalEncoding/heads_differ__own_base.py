"""Every head has a base of its own."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.size, self.base = head_size, base

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        bases = self.base * (1 + torch.arange(x.shape[1])).view(-1, 1, 1)
        t = p[:, None] * bases ** (-torch.arange(0, self.size, 2) / self.size)
        a, b = x.chunk(2, -1)
        return torch.cat([a * t.cos() - b * t.sin(), b * t.cos() + a * t.sin()], -1)
