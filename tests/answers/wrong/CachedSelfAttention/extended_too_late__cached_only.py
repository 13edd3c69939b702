"""Later chunks attend to the cache, which is extended afterwards."""
import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x, cache=None):
        q, k, v = (f(x).unflatten(-1, (self.h, -1)).transpose(1, 2) for f in (self.q, self.k, self.v))
        if cache is None:
            hidden = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1)
            w = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(hidden, -torch.inf).softmax(-1)
            mixed = w @ v
        else:
            mixed = (q @ cache[0].mT / q.shape[-1] ** 0.5).softmax(-1) @ cache[1]
            k, v = torch.cat([cache[0], k], 2), torch.cat([cache[1], v], 2)
        return self.o(mixed.transpose(1, 2).flatten(2)), (k, v)
