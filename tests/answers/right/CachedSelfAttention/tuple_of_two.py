"""The cache is a pair (key, value); the mask is the last rows of a triangle."""
import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.head_size = embed_size // num_heads
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
            key = torch.cat([cache[0], key], dim=2)
            value = torch.cat([cache[1], value], dim=2)
        new, total = query.shape[2], key.shape[2]
        seen = torch.ones(total, total, dtype=torch.bool).tril()[total - new :]
        scores = query @ key.transpose(-2, -1) / self.head_size**0.5
        weights = scores.masked_fill(~seen, float("-inf")).softmax(dim=-1)
        mixed = weights @ value
        return self.output(mixed.transpose(1, 2).reshape(x.shape)), (key, value)
