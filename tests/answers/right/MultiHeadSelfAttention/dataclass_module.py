"""A dataclass module with fields, set up in __post_init__."""
from dataclasses import dataclass

import torch
from torch import nn


@dataclass(eq=False, repr=False)
class MultiHeadSelfAttention(nn.Module):
    embed_size: int
    num_heads: int
    bias: bool = True

    def __post_init__(self):
        super().__init__()
        self.q, self.k, self.v, self.o = (nn.Linear(self.embed_size, self.embed_size, self.bias) for _ in range(4))

    @property
    def head_size(self):
        return self.embed_size // self.num_heads

    def forward(self, x):
        b, t, e = x.shape
        q, k, v = (f(x).view(b, t, self.num_heads, self.head_size).transpose(1, 2) for f in (self.q, self.k, self.v))
        s = (q @ k.mT / self.head_size**0.5).masked_fill(torch.ones(t, t).triu(1).bool(), -torch.inf)
        return self.o((s.softmax(-1) @ v).transpose(1, 2).reshape(b, t, e))
