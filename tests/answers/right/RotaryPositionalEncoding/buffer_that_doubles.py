"""A buffer that doubles its length until the largest position fits."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.register_buffer("rates", torch.exp(torch.arange(0, head_size, 2) * (-torch.tensor(base).log() / head_size)))
        self.register_buffer("table", self.make(4), persistent=False)

    def make(self, length):
        angles = torch.arange(length).view(-1, 1) * self.rates
        return torch.stack([angles.cos(), angles.sin()])

    def forward(self, x, positions=None):
        positions = torch.arange(x.shape[-2], device=x.device) if positions is None else positions
        while self.table.shape[1] <= positions.max():
            self.table = self.make(2 * self.table.shape[1])
        cos, sin = self.table[:, positions]
        x1, x2 = x[..., 0::2], x[..., 1::2]
        y = torch.empty_like(x)
        y[..., 0::2], y[..., 1::2] = x1 * cos - x2 * sin, x2 * cos + x1 * sin
        return y
