"""One angle for every entry, with the 2 of the formula."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.size, self.base = head_size, base

    def forward(self, x, positions=None):
        p = torch.arange(x.shape[2]) if positions is None else positions
        t = p[:, None] / self.base ** (2 * torch.arange(self.size) / self.size)
        cross = torch.stack([-x[..., 1::2], x[..., 0::2]], dim=-1).reshape(x.shape)
        return x * t.cos() + cross * t.sin()
