"""Softmax written out: subtract the row maximum, exp, divide by the sum."""
import torch
import torch.nn as nn


def softmax(z, dim=-1):
    z = z - z.max(dim=dim, keepdim=True).values
    e = torch.exp(z)
    return e / e.sum(dim=dim, keepdim=True)


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.qkv = nn.Linear(embed_size, 3 * embed_size)
        self.out = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, t, e = x.shape
        q, k, v = self.qkv(x).tensor_split(3, dim=-1)
        q, k, v = (u.reshape(b, t, self.num_heads, e // self.num_heads).swapaxes(1, 2) for u in (q, k, v))
        s = q @ k.swapaxes(-1, -2) / (e // self.num_heads) ** 0.5
        s = s.masked_fill(torch.triu(torch.ones(t, t), 1).bool(), -1e9)
        return self.out((softmax(s) @ v).swapaxes(1, 2).reshape(b, t, e))
