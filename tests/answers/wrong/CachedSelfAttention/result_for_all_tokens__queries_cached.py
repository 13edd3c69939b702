"""Queries are cached like keys and values, and all of them ask."""
import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x, cache=None):
        rows = [f(x).unflatten(-1, (self.h, -1)).transpose(1, 2) for f in (self.q, self.k, self.v)]
        if cache is not None:
            rows = [torch.cat([old, new], dim=2) for old, new in zip(cache, rows)]
        q, k, v = rows
        n = q.shape[2]
        w = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(torch.ones(n, n).triu(1) > 0, -torch.inf).softmax(-1)
        return self.o((w @ v).transpose(1, 2).flatten(2)), rows
