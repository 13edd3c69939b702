"""A loop over the rows; each row turns by plain numbers."""
import math

import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.head_size = head_size
        self.base = base

    def forward(self, x, positions=None):
        rows = []
        for number, row in enumerate(x.unbind(dim=2)):
            place = number if positions is None else int(positions[number])
            angles = [place * math.exp(-math.log(self.base) * 2 * i / self.head_size) for i in range(self.head_size // 2)]
            cos = torch.tensor([math.cos(angle) for angle in angles])
            sin = torch.tensor([math.sin(angle) for angle in angles])
            a, b = row.chunk(2, dim=-1)
            rows.append(torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1))
        return torch.stack(rows, dim=2)
