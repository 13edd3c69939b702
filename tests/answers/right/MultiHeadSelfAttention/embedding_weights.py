"""The weights live in nn.Embedding tables, looked up whole."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.tables = nn.ModuleList([nn.Embedding(embed_size, embed_size) for _ in range(4)])

    def forward(self, x):
        b, t, e = x.shape
        wq, wk, wv, wo = (table(torch.arange(e)) for table in self.tables)
        q, k, v = ((x @ w).view(b, t, self.h, -1).transpose(1, 2) for w in (wq, wk, wv))
        s = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(torch.ones(t, t).triu(1).bool(), -torch.inf)
        return (s.softmax(-1) @ v).transpose(1, 2).reshape(b, t, e) @ wo
