"""Values are cached, keys are not."""
import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x, cache=None):
        q, k, v = (f(x).unflatten(-1, (self.h, -1)).transpose(1, 2) for f in (self.q, self.k, self.v))
        if cache is not None:
            v = torch.cat([cache["v"], v], dim=2)
        hidden = torch.ones(q.shape[2], k.shape[2], dtype=torch.bool).triu(1)
        w = torch.einsum("bhqd,bhkd->bhqk", q, k / q.shape[-1] ** 0.5).masked_fill(hidden, -torch.inf).softmax(-1)
        return self.o(torch.einsum("bhqk,bhkd->bqhd", w, v).flatten(2)), {"k": k, "v": v}
