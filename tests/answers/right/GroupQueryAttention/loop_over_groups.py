"""One group after the other, each with its slice of the queries."""
import torch
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.num_heads, self.num_groups, self.size = num_heads, num_groups, embed_size // num_heads
        self.query = nn.Linear(embed_size, embed_size)
        self.key = nn.Linear(embed_size, num_groups * self.size)
        self.value = nn.Linear(embed_size, num_groups * self.size)
        self.output = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, n, e = x.shape
        queries = self.query(x).chunk(self.num_groups, dim=-1)
        keys, values = self.key(x).chunk(self.num_groups, -1), self.value(x).chunk(self.num_groups, -1)
        future = torch.ones(n, n, dtype=torch.bool).triu(1)
        parts = []
        for query, key, value in zip(queries, keys, values):
            query = query.view(b, n, -1, self.size).transpose(1, 2)
            scores = query @ key.unsqueeze(1).mT / self.size**0.5
            mixed = scores.masked_fill(future, -torch.inf).softmax(-1) @ value.unsqueeze(1)
            parts.append(mixed.transpose(1, 2).reshape(b, n, -1))
        return self.output(torch.cat(parts, dim=-1))
