"""Cached keys and values are put in front of x and go through the layers again."""
import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.query, self.key, self.value, self.output = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def split(self, t):
        return t.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)

    def forward(self, x, cache=None):
        for_keys = for_values = x
        if cache is not None:
            for_keys, for_values = torch.cat([cache[0], x], 1), torch.cat([cache[1], x], 1)
        key, value = self.key(for_keys), self.value(for_values)
        q, k, v = self.split(self.query(x)), self.split(key), self.split(value)
        hidden = torch.ones(q.shape[2], k.shape[2], dtype=torch.bool).triu(k.shape[2] - q.shape[2] + 1)
        w = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(hidden, -torch.inf).softmax(-1)
        return self.output((w @ v).transpose(1, 2).flatten(2)), (key, value)
