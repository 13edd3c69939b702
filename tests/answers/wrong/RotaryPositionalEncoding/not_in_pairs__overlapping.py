"""The pairs (0, 1), (1, 2), (2, 3), ... turn one after the other."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.size, self.base = head_size, base

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        columns = list(x.unbind(-1))
        for i in range(self.size - 1):
            t = p * self.base ** (-2 * (i // 2) / self.size)
            a, b = columns[i], columns[i + 1]
            columns[i], columns[i + 1] = a * t.cos() - b * t.sin(), a * t.sin() + b * t.cos()
        return torch.stack(columns, -1)
