"""Chunks are appended as (value, key) and taken out as (key, value), the newest apart."""
import torch
import torch.nn.functional as F
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.qkv = nn.Linear(embed_size, 3 * embed_size)
        self.out = nn.Linear(embed_size, embed_size)

    def forward(self, x, cache=None):
        q, k, v = (t.unflatten(2, (self.h, -1)).transpose(1, 2) for t in self.qkv(x).chunk(3, -1))
        cache = cache or []
        keys = torch.cat([*(pair[0] for pair in cache), k], 2)
        values = torch.cat([*(pair[1] for pair in cache), v], 2)
        mask = torch.ones(q.shape[2], keys.shape[2], dtype=torch.bool).tril(keys.shape[2] - q.shape[2])
        y = F.scaled_dot_product_attention(q, keys, values, mask)
        return self.out(y.transpose(1, 2).flatten(2)), [*cache, (v, k)]
