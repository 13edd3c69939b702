"""A loop over the pairs writes into a new tensor."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.d = head_size
        self.base = base

    def forward(self, x, positions=None):
        if positions is None:
            positions = torch.arange(x.shape[2])
        y = torch.zeros_like(x)
        for i in range(self.d // 2):
            angle = positions / self.base ** (2 * i / self.d)
            a, b = x[..., 2 * i], x[..., 2 * i + 1]
            y[..., 2 * i] = a * torch.cos(angle) - b * torch.sin(angle)
            y[..., 2 * i + 1] = a * torch.sin(angle) + b * torch.cos(angle)
        return y
