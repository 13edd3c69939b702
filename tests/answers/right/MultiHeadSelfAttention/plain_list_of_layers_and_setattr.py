"""Layers made by setattr in a loop, found again by getattr; a lambda as an attribute."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    roles = "query key value out".split()

    def __init__(self, embed_size, num_heads):
        super().__init__()
        for role in self.roles:
            setattr(self, f"to_{role}", nn.Linear(embed_size, embed_size))
        self.cut = lambda y: y.unflatten(-1, (num_heads, -1)).movedim(-2, -3)
        self.join = lambda y: y.movedim(-3, -2).flatten(-2)

    def forward(self, x):
        q, k, v = (self.cut(getattr(self, f"to_{role}")(x)) for role in self.roles[:3])
        t = x.shape[-2]
        s = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(torch.ones(t, t).triu(1).bool(), -torch.inf)
        return self.to_out(self.join(s.softmax(-1) @ v))
