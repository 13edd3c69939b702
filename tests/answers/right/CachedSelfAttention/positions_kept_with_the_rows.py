"""The cache is (key, value, positions); a query sees what has a smaller or equal position."""
import torch
from einops import rearrange
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.inward = nn.Linear(embed_size, 3 * embed_size)
        self.outward = nn.Linear(embed_size, embed_size)

    def forward(self, x, cache=None):
        query, key, value = rearrange(self.inward(x), "b n (part h d) -> part b h n d", part=3, h=self.num_heads)
        first = 0 if cache is None else int(cache[2][-1]) + 1
        here = torch.arange(first, first + x.size(1))
        positions = here
        if cache is not None:
            key, value = torch.cat([cache[0], key], 2), torch.cat([cache[1], value], 2)
            positions = torch.cat([cache[2], here])
        scores = torch.einsum("bhqd, bhkd -> bhqk", query, key) / query.size(-1) ** 0.5
        scores = scores.masked_fill(positions[None, :] > here[:, None], float("-inf"))
        mixed = torch.einsum("bhqk, bhkd -> bhqd", scores.softmax(-1), value)
        return self.outward(rearrange(mixed, "b h n d -> b n (h d)")), (key, value, positions)
