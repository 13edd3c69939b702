"""view cuts (batch, heads, sequence, size) out of (batch, sequence, embed)."""
import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h, self.d = num_heads, embed_size // num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x, cache=None):
        b, n, e = x.shape
        q, k, v = (f(x).view(b, self.h, n, self.d) for f in (self.q, self.k, self.v))
        if cache is not None:
            k, v = torch.cat([cache[0], k], 2), torch.cat([cache[1], v], 2)
        hidden = torch.ones(n, k.shape[2], dtype=torch.bool).triu(k.shape[2] - n + 1)
        w = (q @ k.mT / self.d**0.5).masked_fill(hidden, -torch.inf).softmax(-1)
        return self.o((w @ v).transpose(1, 2).reshape(b, n, e)), (k, v)
