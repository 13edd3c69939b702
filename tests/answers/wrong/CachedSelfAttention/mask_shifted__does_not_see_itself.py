"""In a later chunk a token does not see itself: the rows of the triangle are taken one too early."""
import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x, cache=None):
        q, k, v = (f(x).unflatten(-1, (self.h, -1)).transpose(1, 2) for f in (self.q, self.k, self.v))
        start = 0
        if cache is not None:
            start = cache[0].shape[2] - 1
            k, v = torch.cat([cache[0], k], 2), torch.cat([cache[1], v], 2)
        total = k.shape[2]
        seen = torch.ones(total, total, dtype=torch.bool).tril()[start : start + x.shape[1]]
        w = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(~seen, -torch.inf).softmax(-1)
        return self.o((w @ v).transpose(1, 2).flatten(2)), (k, v)
