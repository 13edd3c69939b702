"""Rows are cached as (batch, sequence, heads, size) and joined along axis 1."""
import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.d = embed_size // num_heads
        self.q = nn.Linear(embed_size, embed_size)
        self.k = nn.Linear(embed_size, embed_size)
        self.v = nn.Linear(embed_size, embed_size)
        self.o = nn.Linear(embed_size, embed_size)

    def forward(self, x, cache=None):
        b, n, _ = x.shape
        q = self.q(x).view(b, n, self.h, self.d)
        k = self.k(x).view(b, n, self.h, self.d)
        v = self.v(x).view(b, n, self.h, self.d)
        if cache is not None:
            k, v = torch.cat([cache["k"], k], dim=1), torch.cat([cache["v"], v], dim=1)
        m = k.shape[1]
        scores = torch.einsum("bihd,bjhd->bhij", q, k) / self.d**0.5
        hidden = torch.arange(m)[None] > torch.arange(m - n, m)[:, None]
        weights = scores.masked_fill(hidden, torch.finfo(x.dtype).min).softmax(-1)
        mixed = torch.einsum("bhij,bjhd->bihd", weights, v)
        return self.o(mixed.reshape(b, n, -1)), {"k": k, "v": v}
