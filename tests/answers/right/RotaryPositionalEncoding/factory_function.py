"""A function that builds the module."""
import torch
from torch import nn


class Turner(nn.Module):
    def __init__(self, rates):
        super().__init__()
        self.register_buffer("rates", rates)

    def forward(self, x, positions=None):
        places = torch.arange(x.shape[2], device=x.device) if positions is None else positions
        angle = torch.tensordot(places.to(self.rates.dtype), self.rates, dims=0)
        grid = x.unflatten(-1, (2, len(self.rates)))
        cos, sin = angle.cos(), angle.sin()
        first, second = grid[..., 0, :], grid[..., 1, :]
        return torch.cat([first * cos - second * sin, second * cos + first * sin], dim=-1)


def RotaryPositionalEncoding(head_size, base=10000.0):
    return Turner(torch.logspace(0, -1, head_size // 2 + 1, base=base)[:-1])
