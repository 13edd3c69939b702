"""A query layer for each place in a group; the heads of a group come together afterwards."""
import torch
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.g, self.d = num_groups, embed_size // num_heads
        narrow = lambda: nn.Linear(embed_size, num_groups * self.d)
        self.asks = nn.ModuleList([narrow() for _ in range(num_heads // num_groups)])
        self.keys, self.values, self.out = narrow(), narrow(), nn.Linear(embed_size, embed_size)

    def forward(self, x):
        q = torch.stack([ask(x).unflatten(-1, (self.g, self.d)) for ask in self.asks], dim=3)
        k, v = (f(x).unflatten(-1, (self.g, self.d)) for f in (self.keys, self.values))
        scores = torch.einsum("bigsd,bjgd->bgsij", q, k) / self.d**0.5
        hidden = torch.ones(x.shape[1], x.shape[1]).triu(1).bool()
        weights = scores.masked_fill(hidden, -torch.inf).softmax(-1)
        return self.out(torch.einsum("bgsij,bjgd->bigsd", weights, v).flatten(2))
