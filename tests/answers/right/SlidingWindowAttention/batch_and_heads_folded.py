"""Batch and heads are one axis, baddbmm adds the mask."""
import torch
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.h, self.window = num_heads, window_size
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x):
        b, n, e = x.shape
        d = e // self.h
        fold = lambda rows: rows.view(b, n, self.h, d).transpose(1, 2).reshape(b * self.h, n, d)
        q, k, v = fold(self.q(x)), fold(self.k(x)), fold(self.v(x))
        mask = torch.zeros(n, n, dtype=x.dtype)
        hide = torch.ones(n, n, dtype=torch.bool)
        mask[hide.triu(1) | hide.tril(-self.window)] = float("-inf")
        scores = torch.baddbmm(mask.expand(b * self.h, n, n), q, k.transpose(1, 2), alpha=d**-0.5)
        y = torch.bmm(scores.softmax(2), v)
        return self.o(y.view(b, self.h, n, d).transpose(1, 2).reshape(b, n, e))
