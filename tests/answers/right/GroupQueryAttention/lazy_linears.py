"""Layers that learn their input size from the first input."""
import torch
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.d, self.share = embed_size // num_heads, num_heads // num_groups
        self.q, self.o = nn.LazyLinear(embed_size), nn.LazyLinear(embed_size)
        self.k, self.v = nn.LazyLinear(num_groups * self.d), nn.LazyLinear(num_groups * self.d)

    def forward(self, x):
        q, k, v = (f(x).unflatten(-1, (-1, self.d)).transpose(1, 2) for f in (self.q, self.k, self.v))
        k, v = k.repeat_interleave(self.share, 1), v.repeat_interleave(self.share, 1)
        hidden = torch.ones(x.shape[1], x.shape[1]).triu(1).bool()
        weights = (q @ k.mT / self.d**0.5).masked_fill(hidden, -torch.inf).softmax(-1)
        return self.o((weights @ v).transpose(1, 2).flatten(2))
