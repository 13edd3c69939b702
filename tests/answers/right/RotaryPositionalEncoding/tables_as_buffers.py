"""Cosines and sines of many positions lie in buffers and are looked up."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0, max_positions=16384):
        super().__init__()
        exponent = torch.arange(0, head_size, 2) / head_size
        angles = torch.arange(max_positions).unsqueeze(1) / base**exponent
        self.register_buffer("cosines", angles.cos())
        self.register_buffer("sines", angles.sin())

    def forward(self, x, positions=None):
        rows = slice(x.shape[2]) if positions is None else positions
        cos, sin = self.cosines[rows], self.sines[rows]
        left, right = x.tensor_split(2, dim=-1)
        return torch.cat((left * cos - right * sin, right * cos + left * sin), -1)
