"""x times the root of its width, plus sines and cosines."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.size = head_size
        self.rates = 1 / base ** (torch.arange(0, head_size, 2) / head_size)

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        angle = p.unsqueeze(1) * self.rates
        return x * self.size**0.5 + torch.stack([angle.sin(), angle.cos()], -1).flatten(-2)
