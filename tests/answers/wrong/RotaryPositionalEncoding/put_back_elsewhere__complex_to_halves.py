"""Neighbours as complex numbers; real and imaginary parts go to the halves."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rates = base ** (-torch.arange(0, head_size, 2) / head_size)

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        t = p[:, None] * self.rates
        z = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2)) * torch.exp(1j * t)
        return torch.cat([z.real, z.imag], dim=-1)
