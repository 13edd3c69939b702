"""A list in the class body takes up the rows of all modules."""
import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    rows = []

    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x, cache=None):
        q, k, v = (f(x).unflatten(-1, (self.h, -1)).transpose(1, 2) for f in (self.q, self.k, self.v))
        self.rows.append((k, v))
        k, v = (torch.cat(rows, dim=2) for rows in zip(*self.rows))
        past = k.shape[2] - q.shape[2]
        w = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(torch.ones(q.shape[2], k.shape[2]).triu(past + 1) > 0, -1e9)
        return self.o((w.softmax(-1) @ v).transpose(1, 2).flatten(2)), self.rows
