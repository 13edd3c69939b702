"""A buffer of 64 rows, which a long text outgrows."""
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
        start = 0 if cache is None else cache["end"]
        if cache is not None or n <= 64:
            cache = cache or {"k": torch.zeros(b, h, 64, d), "v": torch.zeros(b, h, 64, d)}
            cache["k"][:, :, start : start + n] = k.detach()
            cache["v"][:, :, start : start + n] = v.detach()
            cache["end"] = start + n
        if start:
            k, v = cache["k"][:, :, : start + n], cache["v"][:, :, : start + n]
        hidden = torch.ones(n, k.shape[2], dtype=torch.bool).triu(start + 1)
        w = (q @ k.mT / d**0.5).masked_fill(hidden, -torch.inf).softmax(-1)
        return self.o((w @ v).transpose(1, 2).flatten(2)), cache
