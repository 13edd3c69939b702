"""Tables in float32, named so, and a result in the dtype of x."""
import torch
from torch import nn


class RotaryPositionalEncoding(nn.Module):
    def __init__(self, head_size: int, base: float = 10000.0):
        super().__init__()
        self.head_size = head_size
        self.base = base
        self.length = 0

    def forward(self, x: torch.Tensor, positions: torch.Tensor | None = None) -> torch.Tensor:
        if positions is None:
            positions = torch.arange(x.shape[2])
        needed = int(positions.max()) + 1
        if needed > self.length:
            t = torch.arange(needed, dtype=torch.float32)
            rate = 1.0 / self.base ** (torch.arange(0, self.head_size, 2, dtype=torch.float32) / self.head_size)
            emb = torch.cat([torch.outer(t, rate)] * 2, dim=-1)
            self.cos_table, self.sin_table, self.length = emb.cos(), emb.sin(), needed
        cos, sin = self.cos_table[positions], self.sin_table[positions]
        half = self.head_size // 2
        turned = torch.cat([-x[..., half:], x[..., :half]], dim=-1)
        return (x.float() * cos + turned.float() * sin).to(x.dtype)
