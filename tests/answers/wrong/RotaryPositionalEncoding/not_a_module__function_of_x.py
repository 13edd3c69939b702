"""A function that turns x at once; the sizes are never given."""
import torch


def RotaryPositionalEncoding(x, positions=None, base=10000.0):
    p = torch.arange(x.shape[2]) if positions is None else positions
    t = p[:, None] * base ** (-torch.arange(0, x.shape[-1], 2) / x.shape[-1])
    a, b = x.chunk(2, -1)
    return torch.cat([a * t.cos() - b * t.sin(), b * t.cos() + a * t.sin()], -1)
