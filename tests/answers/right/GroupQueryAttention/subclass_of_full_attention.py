"""The full attention with two layers replaced and a method that spreads the heads."""
import torch
from torch import nn


class Full(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.size = embed_size // num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def spread(self, heads):
        return heads

    def forward(self, x):
        q, k, v = (f(x).unflatten(-1, (-1, self.size)).transpose(1, 2) for f in (self.q, self.k, self.v))
        k, v = self.spread(k), self.spread(v)
        hidden = torch.ones(x.shape[1], x.shape[1]).triu(1).bool()
        weights = (q @ k.mT / self.size**0.5).masked_fill(hidden, -torch.inf).softmax(-1)
        return self.o((weights @ v).transpose(1, 2).flatten(2))


class GroupQueryAttention(Full):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__(embed_size, num_heads)
        self.k = nn.Linear(embed_size, num_groups * self.size)
        self.v = nn.Linear(embed_size, num_groups * self.size)
        self.num_heads = num_heads

    def spread(self, heads):
        share = self.num_heads // heads.shape[1]
        return heads[:, [head // share for head in range(self.num_heads)]]
