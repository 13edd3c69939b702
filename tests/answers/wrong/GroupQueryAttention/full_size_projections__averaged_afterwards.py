"""Full keys and values whose heads are averaged inside a group."""
import torch
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.num_heads, self.num_groups = num_heads, num_groups
        self.head_size = embed_size // num_heads
        self.query = nn.Linear(embed_size, embed_size)
        self.key = nn.Linear(embed_size, embed_size)
        self.value = nn.Linear(embed_size, embed_size)
        self.output = nn.Linear(embed_size, embed_size)

    def split(self, rows, number):
        batch, sequence, _ = rows.shape
        return rows.view(batch, sequence, number, self.head_size).transpose(1, 2)

    def forward(self, x):
        query = self.split(self.query(x), self.num_heads)
        key = self.split(self.key(x), self.num_heads)
        value = self.split(self.value(x), self.num_heads)
        share = self.num_heads // self.num_groups
        key, value = (rows.unflatten(1, (self.num_groups, share)).mean(2) for rows in (key, value))
        key, value = key.repeat_interleave(share, dim=1), value.repeat_interleave(share, dim=1)
        scores = query @ key.transpose(-2, -1) / self.head_size**0.5
        future = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1)
        weights = scores.masked_fill(future, float("-inf")).softmax(dim=-1)
        mixed = weights @ value
        return self.output(mixed.transpose(1, 2).reshape(x.shape))
