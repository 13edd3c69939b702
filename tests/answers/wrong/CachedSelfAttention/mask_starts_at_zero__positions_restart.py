"""Positions of the queries begin at 0 in every chunk."""
import torch
from torch import nn

from gpt2_ref.model import attend, visible


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x, cache=None):
        q, k, v = (f(x).unflatten(-1, (self.h, -1)).transpose(1, 2) for f in (self.q, self.k, self.v))
        if cache is not None:
            k, v = torch.cat([cache[0], k], 2), torch.cat([cache[1], v], 2)
        seen = visible(torch.arange(x.shape[1]), torch.arange(k.shape[2]))
        return self.o(attend(q, k, v, seen).transpose(1, 2).flatten(2)), (k, v)
