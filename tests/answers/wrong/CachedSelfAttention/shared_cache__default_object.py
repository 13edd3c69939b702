"""An object made once, as the default argument."""
import torch
from torch import nn

from gpt2_ref import KVCache
from gpt2_ref.model import attend, visible


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x, cache=KVCache()):
        q, k, v = (f(x).unflatten(-1, (self.h, -1)).transpose(1, 2) for f in (self.q, self.k, self.v))
        mine = torch.arange(cache.length, cache.length + x.shape[1])
        k, v, theirs = cache.extend(k, v)
        return self.o(attend(q, k, v, visible(mine, theirs)).transpose(1, 2).flatten(2)), cache
