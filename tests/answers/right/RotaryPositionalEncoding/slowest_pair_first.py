"""The pairs are halves, and the last pair turns fastest."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.register_buffer("rates", (base ** (-torch.arange(0, head_size, 2) / head_size)).flip(0))

    def forward(self, x, positions=None):
        where = torch.arange(x.shape[2]) if positions is None else positions
        cos, sin = (f(where.view(-1, 1) * self.rates) for f in (torch.cos, torch.sin))
        top, low = x[..., : len(self.rates)], x[..., len(self.rates) :]
        return torch.cat((top * cos - low * sin, top * sin + low * cos), dim=-1)
