"""A buffer of complex numbers in single precision; the result in the dtype of x."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0, longest=20000):
        super().__init__()
        speeds = base ** -(torch.arange(0, head_size, 2).float() / head_size)
        angles = torch.arange(longest).float()[:, None] * speeds
        self.register_buffer("turns", torch.complex(angles.cos(), angles.sin()))

    def forward(self, x, positions=None):
        turns = self.turns[: x.shape[2]] if positions is None else self.turns[positions]
        pairs = torch.view_as_complex(x.float().unflatten(-1, (-1, 2)).contiguous())
        return torch.view_as_real(pairs * turns).flatten(-2).type_as(x)
