"""The scores are multiplied by the triangle."""
import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x, cache=None):
        q, k, v = (f(x).unflatten(-1, (self.h, -1)).transpose(1, 2) for f in (self.q, self.k, self.v))
        cache = {"k": k, "v": v} if cache is None else {n: torch.cat([cache[n], t], 2) for n, t in (("k", k), ("v", v))}
        n, m = q.shape[2], cache["k"].shape[2]
        w = (q @ cache["k"].mT / q.shape[-1] ** 0.5 * torch.ones(n, m).tril(m - n)).softmax(-1)
        return self.o((w @ cache["v"]).transpose(1, 2).flatten(2)), cache
