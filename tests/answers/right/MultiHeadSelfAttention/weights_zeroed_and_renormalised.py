"""Softmax over everything, future weights set to zero, rows divided by their sum again."""
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
        q = self.q(x).view(b, t, self.num_heads, -1).transpose(1, 2)
        k = self.k(x).view(b, t, self.num_heads, -1).transpose(1, 2)
        v = self.v(x).view(b, t, self.num_heads, -1).transpose(1, 2)
        weights = torch.softmax(q @ k.transpose(-2, -1) / q.size(-1) ** 0.5, dim=-1)
        weights = torch.tril(weights)
        weights = weights / weights.sum(dim=-1, keepdim=True)   # rows add up to 1 again
        return self.o((weights @ v).transpose(1, 2).reshape(b, t, e))
