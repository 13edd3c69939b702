"""Tables by cat, pairs of neighbours."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        rates = base ** (-torch.arange(0, head_size, 2) / head_size)
        self.register_buffer("rates", torch.cat([rates, rates]))

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        t = p[:, None] * self.rates
        neighbours = torch.stack([-x[..., 1::2], x[..., ::2]], dim=-1).flatten(-2)
        return x * t.cos() + neighbours * t.sin()
