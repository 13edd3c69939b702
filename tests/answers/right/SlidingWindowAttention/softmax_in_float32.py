"""Scores and softmax in float32, cast back afterwards."""
import torch
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.h, self.w = num_heads, window_size
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size, bias=False) for _ in range(4))

    def forward(self, x):
        q, k, v = (f(x).unflatten(-1, (self.h, -1)).transpose(1, 2) for f in (self.q, self.k, self.v))
        scores = (q @ k.mT).float() / q.shape[-1] ** 0.5
        hidden = ~torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).tril().triu(1 - self.w)
        weights = scores.masked_fill(hidden, torch.finfo(torch.float32).min).softmax(-1).to(v.dtype)
        return self.o((weights @ v).transpose(1, 2).flatten(2))
