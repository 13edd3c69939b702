"""Keys and values in one tensor of shape (2, batch, heads, rows, size)."""
import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h, self.d = num_heads, embed_size // num_heads
        self.query = nn.Linear(embed_size, embed_size)
        self.key_value = nn.Linear(embed_size, 2 * embed_size)
        self.out = nn.Linear(embed_size, embed_size)

    def forward(self, x, cache=None):
        b, n, e = x.shape
        q = self.query(x).view(b, n, self.h, self.d).transpose(1, 2)
        kv = self.key_value(x).view(b, n, 2, self.h, self.d).permute(2, 0, 3, 1, 4)
        if cache is not None:
            kv = torch.cat([cache, kv], dim=3)
        k, v = kv
        scores = torch.einsum("bhqd,bhkd->bhqk", q, k) * self.d**-0.5
        later = torch.ones_like(scores, dtype=torch.bool).triu(k.shape[2] - n + 1)
        y = torch.einsum("bhqk,bhkd->bhqd", scores.masked_fill(later, -1e9).softmax(-1), v)
        return self.out(y.transpose(1, 2).reshape(b, n, e)), kv
