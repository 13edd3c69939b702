"""Heads concatenated and returned."""
import torch
from torch import nn


class Head(nn.Module):
    def __init__(self, width, size, longest=256, drop=0.2):
        super().__init__()
        self.offers = nn.Linear(width, size, bias=False)
        self.asks = nn.Linear(width, size, bias=False)
        self.gives = nn.Linear(width, size, bias=False)
        self.drop = nn.Dropout(drop)
        self.register_buffer("lower", torch.ones(longest, longest).tril())

    def forward(self, x):
        length, width = x.shape[1:]
        lower = self.lower[:length, :length]
        query = self.asks(x)
        key = self.offers(x)
        value = self.gives(x)
        scores = torch.bmm(query, key.mT) * key.shape[-1] ** -0.5
        scores = scores.masked_fill(lower < 1, -torch.inf)
        weights = torch.softmax(scores, dim=2)
        weights = self.drop(weights)
        return torch.bmm(weights, value)


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        size = embed_size // num_heads
        self.heads = nn.ModuleList(Head(embed_size, size) for _ in range(num_heads))
        self.drop = nn.Dropout(0.2)

    def forward(self, x):
        side_by_side = torch.cat([head(x) for head in self.heads], dim=2)
        return self.drop(side_by_side)
