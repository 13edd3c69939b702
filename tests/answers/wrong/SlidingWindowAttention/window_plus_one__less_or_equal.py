"""distance <= window_size."""
import torch
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.num_heads, self.window_size = num_heads, window_size
        self.query, self.key, self.value, self.output = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x):
        split = lambda rows: rows.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
        query, key, value = split(self.query(x)), split(self.key(x)), split(self.value(x))
        position = torch.arange(x.shape[1])
        distance = position[:, None] - position[None, :]
        seen = (distance >= 0) & (distance <= self.window_size)
        scores = query @ key.mT / query.shape[-1] ** 0.5
        weights = scores.masked_fill(~seen, float("-inf")).softmax(dim=-1)
        return self.output((weights @ value).transpose(1, 2).flatten(2))
