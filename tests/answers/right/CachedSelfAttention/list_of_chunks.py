"""Every chunk's keys and values are appended to a list, joined when needed."""
import math

import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.wq = nn.Linear(embed_size, embed_size, bias=False)
        self.wk = nn.Linear(embed_size, embed_size, bias=False)
        self.wv = nn.Linear(embed_size, embed_size, bias=False)
        self.wo = nn.Linear(embed_size, embed_size, bias=False)

    def heads(self, t):
        b, n, e = t.shape
        return t.reshape(b, n, self.num_heads, e // self.num_heads).permute(0, 2, 1, 3)

    def forward(self, x, cache=None):
        if cache is None:
            cache = []
        cache.append((self.heads(self.wk(x)), self.heads(self.wv(x))))
        k = torch.cat([pair[0] for pair in cache], dim=2)
        v = torch.cat([pair[1] for pair in cache], dim=2)
        q = self.heads(self.wq(x))
        n, m = q.shape[2], k.shape[2]
        mask = torch.full((n, m), -math.inf).triu(m - n + 1)
        att = torch.softmax(q @ k.mT / math.sqrt(q.shape[-1]) + mask, dim=-1)
        return self.wo((att @ v).permute(0, 2, 1, 3).flatten(2)), cache
