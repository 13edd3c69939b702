"""The results of groups are stacked along the tokens."""
import torch
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.groups, self.share, self.size = num_groups, num_heads // num_groups, embed_size // num_heads
        self.query = nn.Linear(embed_size, embed_size, bias=False)
        self.key = nn.Linear(embed_size, num_groups * self.size, bias=False)
        self.value = nn.Linear(embed_size, num_groups * self.size, bias=False)
        self.output = nn.Linear(embed_size, embed_size, bias=False)

    def forward(self, x):
        q = self.query(x).unflatten(-1, (self.groups, self.share, self.size))
        k = self.key(x).unflatten(-1, (self.groups, self.size))
        v = self.value(x).unflatten(-1, (self.groups, self.size))
        scores = torch.einsum("bigsd,bjgd->bgsij", q, k) / self.size**0.5
        later = torch.ones(x.shape[1], x.shape[1]).triu(diagonal=1).bool()
        weights = torch.softmax(scores.masked_fill(later, -1e9), dim=-1)
        mixed = torch.einsum("bgsij,bjgd->bigsd", weights, v)
        return torch.cat([self.output(mixed.flatten(2))] * self.groups, dim=1)
