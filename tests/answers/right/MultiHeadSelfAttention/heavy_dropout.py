"""Dropout of a half on weights and output, identity modules in between, weights kept for a plot."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads, dropout=0.5):
        super().__init__()
        if embed_size % num_heads:
            raise ValueError("embed_size must be divisible by num_heads")
        self.h = num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))
        self.attn_drop, self.out_drop, self.norm = nn.Dropout(dropout), nn.Dropout(dropout), nn.Identity()
        self.attention = None

    def forward(self, x, *, mask=None, return_attention=False):
        assert x.dim() == 3
        b, t, e = x.shape
        q, k, v = (self.norm(f(x)).view(b, t, self.h, -1).transpose(1, 2) for f in (self.q, self.k, self.v))
        s = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(torch.ones(t, t).triu(1).bool(), -torch.inf)
        self.attention = self.attn_drop(s.softmax(-1))
        y = self.out_drop(self.o((self.attention @ v).transpose(1, 2).reshape(b, t, e)))
        return (y, self.attention) if return_attention else y
