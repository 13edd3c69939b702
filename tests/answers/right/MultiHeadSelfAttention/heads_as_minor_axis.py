"""Heads as the minor axis of the projections, split and merged consistently as (size, heads)."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.q = nn.Linear(embed_size, embed_size)
        self.k = nn.Linear(embed_size, embed_size)
        self.v = nn.Linear(embed_size, embed_size)
        self.o = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, t, e = x.shape
        size = e // self.num_heads
        q = self.q(x).view(b, t, size, self.num_heads).permute(0, 3, 1, 2)   # b h t d
        k = self.k(x).view(b, t, size, self.num_heads).permute(0, 3, 1, 2)
        v = self.v(x).view(b, t, size, self.num_heads).permute(0, 3, 1, 2)
        w = q @ k.transpose(2, 3) / size ** 0.5
        w = w.masked_fill(torch.ones(t, t, device=x.device, dtype=torch.bool).triu(1), float("-inf"))
        y = w.softmax(-1) @ v
        return self.o(y.permute(0, 2, 3, 1).reshape(b, t, e))                # b t (d h)
