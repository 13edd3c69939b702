"""A buffer of 256 rows on the module and a count; the count begins again when there is no cache."""
import torch
import torch.nn.functional as F
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.qkv = nn.Linear(embed_size, 3 * embed_size)
        self.out = nn.Linear(embed_size, embed_size)
        self.register_buffer("rows", torch.zeros(2, 8, num_heads, 256, embed_size // num_heads), persistent=False)
        self.filled = 0

    def forward(self, x, cache=None):
        b, n, _ = x.shape
        q, k, v = (t.unflatten(2, (self.h, -1)).transpose(1, 2) for t in self.qkv(x).chunk(3, -1))
        start = 0 if cache is None else self.filled
        self.rows[0, :b, :, start : start + n] = k.detach()
        self.rows[1, :b, :, start : start + n] = v.detach()
        self.filled = start + n
        if start:
            k, v = self.rows[:, :b, :, : self.filled]
        mask = torch.ones(n, self.filled, dtype=torch.bool).tril(start)
        return self.out(F.scaled_dot_product_attention(q, k, v, mask).transpose(1, 2).flatten(2)), self.filled
