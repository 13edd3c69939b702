"""The package's functional core: rules from positions."""
import torch
from torch import nn

from gpt2_ref.model import attend, visible


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
        start = 0
        if cache is not None:
            start = cache[0].shape[2]
            key, value = (torch.cat(pair, dim=2) for pair in zip(cache, (key, value)))
        positions = torch.arange(start + x.shape[1])
        mixed = attend(query, key, value, visible(positions[start:], positions))
        return self.output(mixed.transpose(1, 2).flatten(2)), (key, value)
