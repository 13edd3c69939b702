"""The matrix of one step to the power of the position."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        rates = base ** (-torch.arange(0, head_size, 2) / head_size)
        c, s = torch.diag(rates.cos()), torch.diag(rates.sin())
        self.register_buffer("step", torch.cat([torch.cat([c, -s], 1), torch.cat([s, c], 1)], 0))

    def forward(self, x, positions=None):
        positions = range(x.shape[2]) if positions is None else positions.tolist()
        turns = torch.stack([torch.linalg.matrix_power(self.step, p) for p in positions])
        return (turns @ x[..., None])[..., 0]
