"""Masks are shared by all modules and found by their length alone."""
import torch
from torch import nn


class SlidingWindowAttention(nn.Module):
    masks = {}

    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.h, self.w = num_heads, window_size
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x):
        n = x.shape[1]
        if n not in self.masks:
            self.masks[n] = torch.ones(n, n, dtype=torch.bool).tril().triu(1 - self.w)
        q, k, v = (f(x).unflatten(-1, (self.h, -1)).transpose(1, 2) for f in (self.q, self.k, self.v))
        weights = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(~self.masks[n], -torch.inf).softmax(-1)
        return self.o((weights @ v).transpose(1, 2).flatten(2))
