"""A module for each group: its query heads, one key head, one value head."""
import torch
from torch import nn


class Group(nn.Module):
    def __init__(self, embed_size, size, share):
        super().__init__()
        self.queries = nn.ModuleList([nn.Linear(embed_size, size) for _ in range(share)])
        self.key = nn.Linear(embed_size, size)
        self.value = nn.Linear(embed_size, size)

    def forward(self, x):
        key, value = self.key(x), self.value(x)
        hidden = torch.ones(x.shape[1], x.shape[1]).triu(1).bool()
        mixed = []
        for query in self.queries:
            scores = query(x) @ key.mT / key.shape[-1] ** 0.5
            mixed.append(scores.masked_fill(hidden, -torch.inf).softmax(-1) @ value)
        return torch.cat(mixed, dim=-1)


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        size, share = embed_size // num_heads, num_heads // num_groups
        self.groups = nn.ModuleList([Group(embed_size, size, share) for _ in range(num_groups)])
        self.output = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        return self.output(torch.cat([group(x) for group in self.groups], dim=-1))
