"""bmm over batch * heads; the cache has three axes."""
import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.c_attn = nn.Linear(embed_size, 3 * embed_size)
        self.c_proj = nn.Linear(embed_size, embed_size)

    def fold(self, t):
        return t.unflatten(2, (self.num_heads, -1)).transpose(1, 2).flatten(0, 1)

    def forward(self, x, cache=None):
        b, n, e = x.shape
        q, k, v = map(self.fold, self.c_attn(x).split(e, dim=2))
        if cache is not None:
            k, v = torch.cat([cache[0], k], 1), torch.cat([cache[1], v], 1)
        m = k.shape[1]
        block = torch.zeros(n, m).masked_fill_(torch.ones(n, m).triu(m - n + 1).bool(), float("-inf"))
        weights = torch.baddbmm(block, q, k.transpose(1, 2), alpha=q.shape[2] ** -0.5).softmax(2)
        y = torch.bmm(weights, v).unflatten(0, (b, self.num_heads)).transpose(1, 2)
        return self.c_proj(y.reshape(b, n, e)), (k, v)
