"""The exponent is divided by one less than the number of pairs."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        pairs = head_size // 2
        self.rates = torch.tensor([base ** (-i / max(pairs - 1, 1)) for i in range(pairs)])

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        t = p.view(-1, 1) * self.rates.view(1, -1)
        a, b = x[..., 0::2], x[..., 1::2]
        return torch.stack([a * t.cos() - b * t.sin(), b * t.cos() + a * t.sin()], -1).flatten(3)
