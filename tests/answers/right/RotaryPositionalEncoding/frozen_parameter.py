"""The rates are a parameter without a gradient."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rates = nn.Parameter(base ** (-torch.arange(0, head_size, 2) / head_size), requires_grad=False)

    def forward(self, x, positions=None):
        t = torch.arange(x.shape[2]).type_as(self.rates) if positions is None else positions.type_as(self.rates)
        angle = torch.ger(t, self.rates)
        x1, x2 = x[..., 0::2], x[..., 1::2]
        y1 = x1 * angle.cos() - x2 * angle.sin()
        y2 = x1 * angle.sin() + x2 * angle.cos()
        return torch.cat([y1.unsqueeze(-1), y2.unsqueeze(-1)], dim=-1).reshape(x.shape)
