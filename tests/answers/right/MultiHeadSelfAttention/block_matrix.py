"""One (2 embed, 2 embed) matrix: the corners are query, key, value and output."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.e, self.h = embed_size, num_heads
        self.big = nn.Parameter(torch.empty(2 * embed_size, 2 * embed_size))
        nn.init.normal_(self.big, std=0.1)

    def forward(self, x):
        b, t, e = x.shape
        q, k = (x @ self.big[:e]).split(e, -1)
        v = x @ self.big[e:, :e]
        q, k, v = (y.view(b, t, self.h, e // self.h).transpose(1, 2) for y in (q, k, v))
        s = (q @ k.mT) * (e // self.h) ** -0.5
        s = s.masked_fill(~torch.ones(t, t, dtype=torch.bool).tril(), -1e12)
        return (s.softmax(-1) @ v).transpose(1, 2).reshape(b, t, e) @ self.big[e:, e:]
