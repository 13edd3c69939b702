"""Only the first half of each head turns."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.turning = max(head_size // 2, 2)
        self.rates = base ** (-torch.arange(0, self.turning, 2) / self.turning)

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        t = p[:, None] * self.rates
        a, b = x[..., : self.turning].chunk(2, -1)
        turned = [a * t.cos() - b * t.sin(), b * t.cos() + a * t.sin()]
        return torch.cat([*turned, x[..., self.turning :]], -1)
