"""Tables without gradients, made by a function that remembers them by size, base and positions."""
import functools

import torch
from torch import nn


@functools.lru_cache(maxsize=None)
def tables(size, base, positions):
    with torch.no_grad():
        angle = torch.tensor(positions).unsqueeze(-1) / base ** (torch.arange(0, size, 2) / size)
        return angle.cos(), angle.sin()


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.size, self.base = head_size, base

    def forward(self, x, positions=None):
        where = tuple(range(x.shape[2])) if positions is None else tuple(positions.tolist())
        c, s = tables(self.size, self.base, where)
        a, b = x.chunk(2, -1)
        return torch.cat((c * a - s * b, s * a + c * b), -1)
