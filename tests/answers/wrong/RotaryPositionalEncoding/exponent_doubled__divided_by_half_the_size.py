"""2i divided by the number of pairs."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        half = head_size // 2
        self.inv = 1.0 / base ** (2 * torch.arange(half) / half)

    def forward(self, x, positions=None):
        pos = torch.arange(x.shape[-2]) if positions is None else positions
        t = torch.einsum("n,p->np", pos.to(x.dtype), self.inv.to(x.dtype))
        t = torch.cat([t, t], -1)
        half = x.shape[-1] // 2
        return x * t.cos() + torch.cat([-x[..., half:], x[..., :half]], -1) * t.sin()
