"""addcmul for both numbers of a pair, into a tensor of its own."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.head_size, self.base = head_size, base

    @property
    def rates(self):
        return torch.tensor(self.base).pow(torch.arange(0, self.head_size, 2).div(self.head_size).neg())

    def forward(self, x, positions=None):
        angle = (torch.arange(x.shape[2]) if positions is None else positions).view(-1, 1).mul(self.rates)
        cos, sin = angle.cos(), angle.sin()
        even, odd = x[..., 0::2], x[..., 1::2]
        result = x * cos.repeat_interleave(2, dim=-1)
        result[..., 0::2].addcmul_(odd, sin, value=-1)
        result[..., 1::2].addcmul_(even, sin)
        return result
