"""Named tuples for the cache and for what is returned."""
from collections import namedtuple

import torch
from torch import nn

KeyValue = namedtuple("KeyValue", "key value")
Answer = namedtuple("Answer", "result cache")


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.q = nn.Parameter(torch.randn(embed_size, embed_size) * embed_size**-0.5)
        self.k = nn.Parameter(torch.randn(embed_size, embed_size) * embed_size**-0.5)
        self.v = nn.Parameter(torch.randn(embed_size, embed_size) * embed_size**-0.5)
        self.o = nn.Parameter(torch.randn(embed_size, embed_size) * embed_size**-0.5)

    def forward(self, x, cache=None):
        def heads(t):
            return t.unflatten(2, (self.num_heads, -1)).transpose(1, 2)

        q, now = heads(x @ self.q), KeyValue(heads(x @ self.k), heads(x @ self.v))
        if cache is not None:
            now = KeyValue(*(torch.cat([before, after], 2) for before, after in zip(cache, now)))
        past = now.key.shape[2] - x.shape[1]
        future = torch.ones(x.shape[1], now.key.shape[2]).triu(past + 1) * -1e9
        weights = (q @ now.key.mT / q.shape[-1] ** 0.5 + future).softmax(-1)
        return Answer((weights @ now.value).transpose(1, 2).flatten(2) @ self.o, now)
