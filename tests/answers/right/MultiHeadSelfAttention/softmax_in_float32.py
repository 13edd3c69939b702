"""Softmax computed in float32 and cast back, as in large-model code."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads, drop=0.0):
        super().__init__()
        self.num_heads = num_heads
        self.drop = drop
        self.q = nn.Linear(embed_size, embed_size, bias=False)
        self.k = nn.Linear(embed_size, embed_size, bias=False)
        self.v = nn.Linear(embed_size, embed_size, bias=False)
        self.o = nn.Linear(embed_size, embed_size, bias=False)

    def softmax(self, scores):
        return torch.softmax(scores.float(), dim=-1).type_as(scores)

    def forward(self, x, added=None):
        q, k, v = (f(x).unflatten(-1, (self.num_heads, -1)).transpose(1, 2) for f in (self.q, self.k, self.v))
        scores = q @ k.mT * q.size(-1) ** -0.5
        if added is None:
            n = x.size(1)
            added = scores.new_full((n, n), torch.finfo(scores.dtype).min).triu(1)
        weights = F.dropout(self.softmax(scores + added), self.drop, self.training)
        return self.o((weights @ v).transpose(1, 2).flatten(2))
