"""Adjacent pairs by strided slices, joined again by stack and flatten."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.register_buffer("freq", 1.0 / base ** (torch.arange(0, head_size, 2) / head_size), persistent=False)

    def forward(self, x, positions=None):
        pos = torch.arange(x.shape[-2], device=x.device) if positions is None else positions
        theta = torch.outer(pos.to(self.freq.dtype), self.freq)
        c, s = torch.cos(theta), torch.sin(theta)
        even, odd = x[..., ::2], x[..., 1::2]
        return torch.stack((even * c - odd * s, even * s + odd * c), dim=-1).flatten(-2).to(x.dtype)
