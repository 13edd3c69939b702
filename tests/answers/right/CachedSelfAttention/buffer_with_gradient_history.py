"""Rows are written into a buffer and read back from it, gradients and all."""
import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x, cache=None):
        q, k, v = (f(x).unflatten(-1, (self.h, -1)).transpose(1, 2) for f in (self.q, self.k, self.v))
        b, h, n, d = q.shape
        keys, values, old = cache or (torch.zeros(b, h, 512, d), torch.zeros(b, h, 512, d), 0)
        keys[:, :, old : old + n] = k
        values[:, :, old : old + n] = v
        scores = q @ keys[:, :, : old + n].mT / d**0.5
        scores = scores.masked_fill(torch.ones(n, old + n, dtype=torch.bool).triu(old + 1), -torch.inf)
        mixed = scores.softmax(-1) @ values[:, :, : old + n]
        return self.o(mixed.transpose(1, 2).flatten(2)), (keys, values, old + n)
