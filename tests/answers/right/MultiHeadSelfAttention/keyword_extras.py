"""Keyword-only extras and **kwargs in forward, weights returned only when asked for."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads, *, bias=True, **unused):
        super().__init__()
        self.num_heads = num_heads
        self.q = nn.Linear(embed_size, embed_size, bias=bias)
        self.k = nn.Linear(embed_size, embed_size, bias=bias)
        self.v = nn.Linear(embed_size, embed_size, bias=bias)
        self.o = nn.Linear(embed_size, embed_size, bias=bias)

    def forward(self, x, *, return_weights=False, **kwargs):
        def heads(t):
            return t.view(*t.shape[:-1], self.num_heads, -1).transpose(-2, -3)

        q, k, v = heads(self.q(x)), heads(self.k(x)), heads(self.v(x))
        logits = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5
        logits = logits.masked_fill(~torch.ones_like(logits).tril().bool(), float("-inf"))
        weights = logits.softmax(-1)
        out = self.o((weights @ v).transpose(-2, -3).flatten(-2))
        if return_weights:
            return out, weights
        return out
