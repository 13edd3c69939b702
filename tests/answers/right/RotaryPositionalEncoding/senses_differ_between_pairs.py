"""Every other pair turns backwards: the same as naming its two entries the other way round."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        i = torch.arange(head_size // 2)
        self.register_buffer("rates", base ** (-2 * i / head_size) * (-1.0) ** i)

    def forward(self, x, positions=None):
        where = torch.arange(x.shape[2]) if positions is None else positions
        angle = where[:, None] * self.rates
        a, b = x.unflatten(-1, (-1, 2)).unbind(-1)
        return torch.stack([a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()], -1).flatten(-2)
