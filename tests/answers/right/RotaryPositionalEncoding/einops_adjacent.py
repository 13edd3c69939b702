"""Adjacent pairs taken apart and put together by einops."""
import torch
from einops import einsum, rearrange, repeat
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size, base=10000.0):
        super().__init__()
        self.rate = 1 / base ** torch.linspace(0, 1, head_size // 2 + 1)[:-1]

    def forward(self, x, positions=None):
        positions = torch.arange(x.shape[2]) if positions is None else positions
        angle = einsum(positions.to(x.dtype), self.rate.to(x.dtype), "seq, pair -> seq pair")
        angle = repeat(angle, "seq pair -> seq (pair two)", two=2)
        first, second = rearrange(x, "... (pair two) -> two ... pair", two=2)
        crossed = rearrange([-second, first], "two ... pair -> ... (pair two)")
        return x * angle.cos() + crossed * angle.sin()
