"""Sines and cosines side by side are added."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.register_buffer("rates", base ** (-torch.arange(0, head_size, 2) / head_size))

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        angle = torch.outer(p.to(self.rates.dtype), self.rates)
        return x + torch.cat([angle.sin(), angle.cos()], dim=-1)
