"""The first rows of a large triangle are taken for every chunk."""
import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.query, self.key, self.value, self.output = (nn.Linear(embed_size, embed_size) for _ in range(4))
        self.register_buffer("triangle", torch.ones(512, 512).tril())

    def forward(self, x, cache=None):
        query, key, value = (
            layer(x).unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        )
        if cache is not None:
            key, value = torch.cat([cache[0], key], 2), torch.cat([cache[1], value], 2)
        new, total = query.shape[2], key.shape[2]
        scores = query @ key.mT / query.shape[-1] ** 0.5
        scores = scores.masked_fill(self.triangle[:new, :total] == 0, float("-inf"))
        return self.output((scores.softmax(-1) @ value).transpose(1, 2).flatten(2)), (key, value)
