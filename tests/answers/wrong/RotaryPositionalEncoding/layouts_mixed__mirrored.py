"""The partner is found by flip, the table is made for halves."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rates = (base ** (-torch.arange(0, head_size, 2) / head_size)).repeat(2)
        self.sign = torch.ones(head_size)
        self.sign[: head_size // 2] = -1

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        t = p[:, None] * self.rates
        return x * t.cos() + self.sign * x.flip(-1) * t.sin()
