"""Keys are cached, values are not."""
import torch
from torch import nn


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
        if cache is not None:
            key = torch.cat([cache, key], dim=2)
        past = key.shape[2] - query.shape[2]
        seen = torch.ones(query.shape[2], key.shape[2], dtype=torch.bool).tril(past)
        weights = (query @ key.mT / query.shape[-1] ** 0.5).masked_fill(~seen, float("-inf")).softmax(-1)
        return self.output((weights @ value).transpose(1, 2).reshape(x.shape)), key
