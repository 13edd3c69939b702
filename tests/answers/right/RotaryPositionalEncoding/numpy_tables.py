"""Tables made by numpy."""
import numpy as np
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.frequencies = np.power(base, -np.arange(0, head_size, 2) / head_size)

    def forward(self, x, positions=None):
        where = np.arange(x.shape[2]) if positions is None else positions.numpy()
        angle = np.multiply.outer(where, self.frequencies)
        c = torch.from_numpy(np.cos(angle)).to(x.dtype)
        s = torch.from_numpy(np.sin(angle)).to(x.dtype)
        out = x.clone()
        out[..., 0::2] = x[..., 0::2] * c - x[..., 1::2] * s
        out[..., 1::2] = x[..., 1::2] * c + x[..., 0::2] * s
        return out
