"""Layers that learn their input size at the first call."""
import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.inward = nn.LazyLinear(3 * embed_size)
        self.outward = nn.LazyLinear(embed_size)

    def forward(self, x, cache=None):
        q, k, v = self.inward(x).unflatten(-1, (3, self.h, -1)).permute(2, 0, 3, 1, 4)
        if cache is not None:
            k, v = torch.cat([cache[0], k], 2), torch.cat([cache[1], v], 2)
        seen = torch.ones(q.shape[2], k.shape[2], dtype=torch.bool).tril(k.shape[2] - q.shape[2])
        w = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(~seen, -torch.inf).softmax(-1)
        return self.outward((w @ v).transpose(1, 2).flatten(2)), (k, v)
