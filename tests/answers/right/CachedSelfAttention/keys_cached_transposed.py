"""Keys are cached as (batch, heads, size, rows), ready to be multiplied."""
import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x, cache=None):
        b, n, e = x.shape
        q = self.q(x).view(b, n, self.h, -1).permute(0, 2, 1, 3)
        kt = self.k(x).view(b, n, self.h, -1).permute(0, 2, 3, 1)
        v = self.v(x).view(b, n, self.h, -1).permute(0, 2, 1, 3)
        if cache is not None:
            kt = torch.cat([cache[0], kt], dim=3)
            v = torch.cat([cache[1], v], dim=2)
        scores = q @ kt / (e / self.h) ** 0.5
        m = kt.shape[3]
        scores = scores.masked_fill(torch.arange(m) > torch.arange(m - n, m).unsqueeze(1), -torch.inf)
        return self.o((scores.softmax(-1) @ v).permute(0, 2, 1, 3).reshape(b, n, e)), (kt, v)
