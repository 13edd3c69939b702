"""Axis 1 is joined, which was the sequence before the heads were split off."""
import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads, self.head_size = num_heads, embed_size // num_heads
        self.query = nn.Linear(embed_size, embed_size)
        self.key = nn.Linear(embed_size, embed_size)
        self.value = nn.Linear(embed_size, embed_size)
        self.output = nn.Linear(embed_size, embed_size)

    def split_heads(self, projected):
        batch, sequence, _ = projected.shape
        return projected.view(batch, sequence, self.num_heads, self.head_size).transpose(1, 2)

    def forward(self, x, cache=None):
        query = self.split_heads(self.query(x))
        key = self.split_heads(self.key(x))
        value = self.split_heads(self.value(x))
        if cache is not None:
            key = torch.cat([cache[0], key], dim=1)
            value = torch.cat([cache[1], value], dim=1)
        new, total = query.shape[2], key.shape[2]
        seen = torch.ones(new, total, dtype=torch.bool).tril(total - new)
        scores = query @ key.transpose(-2, -1) / self.head_size**0.5
        mixed = scores.masked_fill(~seen, float("-inf")).softmax(dim=-1) @ value
        return self.output(mixed.transpose(1, 2).reshape(x.shape)), (key, value)
