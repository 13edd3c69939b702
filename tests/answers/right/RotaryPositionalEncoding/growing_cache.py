"""Tables that are made longer when a row or a position lies beyond them."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.head_size, self.base = head_size, base
        self.cos = self.sin = None

    def grow(self, length, like):
        if self.cos is None or len(self.cos) < length:
            i = torch.arange(self.head_size // 2, device=like.device)
            t = torch.arange(length, device=like.device)[:, None] * self.base ** (-2 * i / self.head_size)
            self.cos, self.sin = t.cos(), t.sin()

    def forward(self, x, positions=None):
        length = x.shape[2] if positions is None else int(positions.max()) + 1
        self.grow(length, x)
        chosen = torch.arange(length) if positions is None else positions
        c, s = self.cos[chosen], self.sin[chosen]
        a, b = torch.split(x, self.head_size // 2, dim=-1)
        return torch.cat([a * c - b * s, b * c + a * s], dim=-1)
