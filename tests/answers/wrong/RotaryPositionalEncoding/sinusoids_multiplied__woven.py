"""Every entry is multiplied by its sine or cosine."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rates = base ** (-torch.arange(0, head_size, 2) / head_size)

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        angle = p[:, None] * self.rates
        out = x.clone()
        out[..., 0::2] = x[..., 0::2] * torch.sin(angle)
        out[..., 1::2] = x[..., 1::2] * torch.cos(angle)
        return out
