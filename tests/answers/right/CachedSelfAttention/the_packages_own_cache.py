"""gpt2_ref's KVCache, read from once there is something in it."""
from torch import nn

from gpt2_ref import KVCache
from gpt2_ref.model import attend_fused, causal
import torch


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.query, self.key, self.value, self.output = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x, cache=None):
        query, key, value = (
            layer(x).unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        )
        first = cache is None
        cache = KVCache() if first else cache
        positions = torch.arange(cache.length, cache.length + x.shape[1])
        all_keys, all_values, key_positions = cache.extend(key, value)
        if not first:
            key, value = all_keys, all_values
        mixed = attend_fused(query, key, value, positions, key_positions, causal)
        return self.output(mixed.transpose(1, 2).flatten(2)), cache
