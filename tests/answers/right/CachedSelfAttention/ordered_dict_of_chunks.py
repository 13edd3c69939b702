"""A dict from position to the rows of one token."""
import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x, cache=None):
        q, k, v = (f(x).unflatten(-1, (self.h, -1)) for f in (self.q, self.k, self.v))
        cache = dict(cache or {})
        first = len(cache)
        for i in range(x.shape[1]):
            cache[first + i] = k[:, i], v[:, i]
        k = torch.stack([cache[i][0] for i in sorted(cache)], dim=2)
        v = torch.stack([cache[i][1] for i in sorted(cache)], dim=2)
        q = q.transpose(1, 2)
        hidden = torch.ones(q.shape[2], k.shape[2], dtype=torch.bool).triu(first + 1)
        w = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(hidden, -torch.inf).softmax(-1)
        return self.o((w @ v).transpose(1, 2).flatten(2)), cache
