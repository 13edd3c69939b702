"""A table for many positions in a buffer is added to every head."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0, max_len=20000):
        super().__init__()
        pe = torch.empty(max_len, head_size)
        place = torch.arange(max_len).unsqueeze(1)
        for k in range(0, head_size, 2):
            pe[:, k : k + 1] = torch.cos(place / base ** (k / head_size))
            pe[:, k + 1 : k + 2] = torch.sin(place / base ** (k / head_size))
        self.register_buffer("pe", pe)

    def forward(self, x, positions=None):
        rows = self.pe[: x.size(2)] if positions is None else self.pe[positions]
        return x + rows[None, None]
