"""forward is decorated: once with functools.wraps, once without."""
import functools

import torch
from torch import nn


def traced(function):
    @functools.wraps(function)
    def inner(self, *args, **kwargs):
        self.calls = getattr(self, "calls", 0) + 1
        return function(self, *args, **kwargs)

    return inner


def batched(function):
    def inner(self, x):
        return torch.stack([function(self, row) for row in x])

    return inner


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    @traced
    @batched
    def forward(self, x):
        t, e = x.shape
        q, k, v = (f(x).view(t, self.h, -1).transpose(0, 1) for f in (self.q, self.k, self.v))
        s = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(torch.ones(t, t).triu(1).bool(), -torch.inf)
        return self.o((s.softmax(-1) @ v).transpose(0, 1).reshape(t, e))
