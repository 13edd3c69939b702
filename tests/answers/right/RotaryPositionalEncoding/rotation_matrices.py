"""One 2 x 2 matrix for each position and pair, multiplied with matmul."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.size, self.base = head_size, base

    def forward(self, x, positions=None):
        positions = torch.arange(x.shape[2]) if positions is None else positions
        theta = positions[:, None] * torch.pow(self.base, -torch.arange(0, self.size, 2) / self.size)
        top = torch.stack([theta.cos(), -theta.sin()], dim=-1)
        bottom = torch.stack([theta.sin(), theta.cos()], dim=-1)
        matrix = torch.stack([top, bottom], dim=-2)
        pairs = x.unflatten(-1, (self.size // 2, 2)).unsqueeze(-1)
        return (matrix @ pairs).squeeze(-1).flatten(-2)
