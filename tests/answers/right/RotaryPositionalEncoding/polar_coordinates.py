"""Each pair as length and angle; the position is added to the angle."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rates = base ** (-torch.arange(0, head_size, 2) / head_size)

    def forward(self, x, positions=None):
        positions = torch.arange(x.shape[2]) if positions is None else positions
        pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous())
        turned = torch.polar(pairs.abs(), pairs.angle() + positions[:, None] * self.rates)
        return torch.view_as_real(turned).flatten(-2)
