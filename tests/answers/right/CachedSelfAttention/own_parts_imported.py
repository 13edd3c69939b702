"""Built around the learner's own uncached module: its layers are used, its forward is not."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def split(self, t):
        return t.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)

    def forward(self, x):
        n = x.shape[1]
        q, k, v = self.split(self.q(x)), self.split(self.k(x)), self.split(self.v(x))
        hidden = torch.ones(n, n, dtype=torch.bool).triu(1)
        w = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(hidden, -torch.inf).softmax(-1)
        return self.o((w @ v).transpose(1, 2).flatten(2))


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.inner = MultiHeadSelfAttention(embed_size, num_heads)

    def forward(self, x, cache=None):
        m = self.inner
        key, value = m.split(m.k(x)), m.split(m.v(x))
        if cache is None:
            return m(x), (key, value)
        key, value = torch.cat([cache[0], key], 2), torch.cat([cache[1], value], 2)
        new, total = x.shape[1], key.shape[2]
        query = m.split(m.q(x))
        hidden = torch.ones(new, total, dtype=torch.bool).triu(1 + total - new)
        weights = (query @ key.mT / query.shape[-1] ** 0.5).masked_fill(hidden, -torch.inf).softmax(-1)
        return m.o((weights @ value).transpose(1, 2).flatten(2)), (key, value)
