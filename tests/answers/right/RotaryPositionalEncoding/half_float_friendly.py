"""Computes in float32 at least and returns the dtype of x, for 16-bit inputs too; the position is its second name."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.dim, self.theta = head_size, base

    def forward(self, x, pos=None):
        work = torch.promote_types(x.dtype, torch.float32)
        pos = torch.arange(x.shape[2]) if pos is None else pos
        ang = pos.to(work).unsqueeze(-1) * self.theta ** (-torch.arange(0, self.dim, 2, dtype=work) / self.dim)
        e, o = x.to(work).unflatten(-1, (-1, 2)).unbind(-1)
        return torch.stack([e * ang.cos() - o * ang.sin(), e * ang.sin() + o * ang.cos()], -1).flatten(-2).to(x.dtype)
