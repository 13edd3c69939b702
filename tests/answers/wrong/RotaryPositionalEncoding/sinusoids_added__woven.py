"""Sines at even and cosines at odd entries are added, as in the first Transformer."""
import math

import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.d, self.base = head_size, base

    def forward(self, x, positions=None):
        if positions is None:
            positions = torch.arange(x.shape[2])
        rate = torch.exp(torch.arange(0, self.d, 2) * (-math.log(self.base) / self.d))
        table = torch.zeros(len(positions), self.d)
        table[:, 0::2] = torch.sin(positions[:, None] * rate)
        table[:, 1::2] = torch.cos(positions[:, None] * rate)
        return x + table
