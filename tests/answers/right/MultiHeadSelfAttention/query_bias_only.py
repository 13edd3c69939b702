"""A bias on the query only, as a parameter of shape (heads, 1, size)."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size, bias=False) for _ in range(4))
        self.u = nn.Parameter(torch.zeros(num_heads, 1, embed_size // num_heads))

    def forward(self, x):
        b, t, e = x.shape
        q, k, v = (f(x).view(b, t, self.h, -1).transpose(1, 2) for f in (self.q, self.k, self.v))
        s = ((q + self.u) @ k.mT / q.shape[-1] ** 0.5).masked_fill(torch.ones(t, t).triu(1).bool(), -torch.inf)
        return self.o((s.softmax(-1) @ v).transpose(1, 2).reshape(b, t, e))
