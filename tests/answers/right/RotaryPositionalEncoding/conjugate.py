"""Complex numbers, conjugated before and after: the turn goes the other way."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.exponent = torch.arange(0, head_size, 2) / head_size
        self.base = base

    def forward(self, x, positions=None):
        if positions is None:
            positions = torch.arange(x.size(-2))
        phase = torch.outer(positions.to(x.dtype), self.base ** -self.exponent.to(x.dtype))
        z = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2)).conj()
        z = (z * torch.polar(torch.ones_like(phase), phase)).conj().resolve_conj()
        return torch.view_as_real(z).reshape(x.shape)
