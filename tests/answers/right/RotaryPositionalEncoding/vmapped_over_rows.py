"""A function for one row and one position, mapped over the three other axes."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rates = base ** (-2 * torch.arange(head_size // 2) / head_size)

    def turn_row(self, row, position):
        a, b = row.view(2, -1)
        angle = position * self.rates
        return torch.cat([a * torch.cos(angle) - b * torch.sin(angle), a * torch.sin(angle) + b * torch.cos(angle)])

    def forward(self, x, positions=None):
        positions = torch.arange(x.shape[2]) if positions is None else positions
        text = torch.vmap(self.turn_row)
        heads = torch.vmap(text, in_dims=(0, None))
        return torch.vmap(heads, in_dims=(0, None))(x.contiguous(), positions)
