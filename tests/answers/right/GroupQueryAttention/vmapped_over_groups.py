"""torch.vmap over the groups."""
import torch
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.g, self.d = num_groups, embed_size // num_heads
        self.q = nn.Linear(embed_size, embed_size)
        self.k = nn.Linear(embed_size, num_groups * self.d)
        self.v = nn.Linear(embed_size, num_groups * self.d)
        self.o = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        q = self.q(x).unflatten(-1, (self.g, -1, self.d))
        k, v = (f(x).unflatten(-1, (self.g, self.d)) for f in (self.k, self.v))
        hidden = torch.ones(x.shape[1], x.shape[1]).triu(1).bool()

        def one(query, key, value):
            scores = torch.einsum("bnsd,bmd->bsnm", query, key) / self.d**0.5
            return torch.einsum("bsnm,bmd->bnsd", scores.masked_fill(hidden, -torch.inf).softmax(-1), value)

        return self.o(torch.vmap(one, in_dims=(2, 2, 2), out_dims=2)(q, k, v).flatten(2))
