"""A table of 1024 rows, as long as GPT-2's context."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        t = torch.arange(1024)[:, None] * base ** (-torch.arange(0, head_size, 2) / head_size)
        self.register_buffer("turn", torch.polar(torch.ones_like(t), t))

    def forward(self, x, positions=None):
        turn = self.turn[: x.shape[2]] if positions is None else self.turn[positions]
        return torch.view_as_real(torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2)) * turn).flatten(3)
