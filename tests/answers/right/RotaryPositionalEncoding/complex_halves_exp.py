"""The halves are real and imaginary part; exp of an imaginary number turns them."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.half, self.base = head_size // 2, base

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[-2]) if positions is None else positions
        rate = self.base ** -(torch.arange(self.half) / self.half)
        z = torch.complex(x[..., : self.half], x[..., self.half :])
        z = z * torch.exp(1j * p.unsqueeze(-1) * rate)
        return torch.cat([z.real, z.imag], dim=-1)
