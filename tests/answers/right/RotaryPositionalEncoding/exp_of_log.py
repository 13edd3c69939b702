"""Rates by exp and log, in float32, and einops for the halves."""
import math

import torch
from einops import rearrange
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        steps = torch.arange(head_size // 2, dtype=torch.float32)
        self.register_buffer("rates", torch.exp(-math.log(base) * 2 * steps / head_size))

    def forward(self, x, positions=None):
        if positions is None:
            positions = torch.arange(x.shape[2], device=x.device)
        angle = torch.einsum("s,r->sr", positions.to(self.rates), self.rates)
        a, b = rearrange(x, "b h s (two r) -> two b h s r", two=2)
        out = torch.stack([a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()])
        return rearrange(out, "two b h s r -> b h s (two r)").to(x.dtype)
