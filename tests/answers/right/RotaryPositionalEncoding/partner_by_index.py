"""The partner of every entry by an index, its sign by a table."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        entries = torch.arange(head_size)
        self.register_buffer("partner", entries ^ 1)
        self.register_buffer("sign", 2.0 * (entries % 2) - 1)
        self.register_buffer("rates", base ** (-2.0 * (entries // 2) / head_size))

    def forward(self, x, positions=None):
        if positions is None:
            positions = torch.arange(x.shape[2], device=x.device)
        angle = positions.unsqueeze(1) * self.rates.unsqueeze(0)
        return x.mul(angle.cos()) + x.index_select(-1, self.partner).mul(self.sign).mul(angle.sin())
