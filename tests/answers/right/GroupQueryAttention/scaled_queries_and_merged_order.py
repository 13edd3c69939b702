"""Queries are scaled, head_size is the slow axis in every layer."""
import torch
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.h, self.g, self.d = num_heads, num_groups, embed_size // num_heads
        self.q, self.o = nn.Linear(embed_size, embed_size), nn.Linear(embed_size, embed_size)
        self.k, self.v = (nn.Linear(embed_size, num_groups * self.d) for _ in range(2))

    def forward(self, x):
        q = (self.q(x) * self.d**-0.5).unflatten(-1, (self.d, self.g, -1))
        k, v = (f(x).unflatten(-1, (self.d, self.g)) for f in (self.k, self.v))
        scores = torch.einsum("bidgs,bjdg->bgsij", q, k)
        scores = scores.masked_fill(torch.ones(x.shape[1], x.shape[1]).triu(1).bool(), -torch.inf)
        return self.o(torch.einsum("bgsij,bjdg->bidgs", scores.softmax(-1), v).flatten(2))
