"""Angles in an embedding that is not trained."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        angles = torch.arange(1 << 14).unsqueeze(1) * base ** -(torch.arange(0, head_size, 2) / head_size)
        self.angles = nn.Embedding.from_pretrained(angles, freeze=True)

    def forward(self, x, positions=None):
        angle = self.angles(torch.arange(x.shape[2]) if positions is None else positions)
        a, b = x.chunk(2, -1)
        return torch.cat([a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin()], -1)
