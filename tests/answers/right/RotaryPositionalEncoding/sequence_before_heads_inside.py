"""Works on (batch, sequence, heads, size) inside, and swaps back."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.register_buffer("inv", 1 / torch.pow(torch.tensor(base), torch.arange(0, head_size, 2) / head_size))

    def forward(self, x, positions=None):
        x = x.permute(0, 2, 1, 3)
        n = x.shape[1]
        positions = torch.arange(n) if positions is None else positions
        angle = (positions.unsqueeze(-1) * self.inv).view(1, n, 1, -1)
        u, v = x.chunk(2, dim=-1)
        y = torch.cat([u * angle.cos() - v * angle.sin(), u * angle.sin() + v * angle.cos()], dim=-1)
        return y.permute(0, 2, 1, 3).contiguous()
