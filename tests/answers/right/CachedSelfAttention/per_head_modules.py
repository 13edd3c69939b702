"""One small module for each head, each with its own part of the cache."""
import torch
from torch import nn


class Head(nn.Module):
    def __init__(self, embed_size, head_size):
        super().__init__()
        self.q = nn.Linear(embed_size, head_size, bias=False)
        self.k = nn.Linear(embed_size, head_size, bias=False)
        self.v = nn.Linear(embed_size, head_size, bias=False)

    def forward(self, x, cache):
        q, k, v = self.q(x), self.k(x), self.v(x)
        if cache is not None:
            k = torch.cat([cache[0], k], dim=1)
            v = torch.cat([cache[1], v], dim=1)
        n, t = q.size(1), k.size(1)
        hidden = torch.ones(n, t, dtype=torch.bool).triu(t - n + 1)
        w = (q @ k.mT / q.size(-1) ** 0.5).masked_fill(hidden, float("-inf")).softmax(-1)
        return w @ v, (k, v)


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.heads = nn.ModuleList(Head(embed_size, embed_size // num_heads) for _ in range(num_heads))
        self.mix = nn.Linear(embed_size, embed_size)

    def forward(self, x, cache=None):
        caches = [None] * len(self.heads) if cache is None else cache
        results = [head(x, part) for head, part in zip(self.heads, caches)]
        return self.mix(torch.cat([result for result, _ in results], -1)), [part for _, part in results]
