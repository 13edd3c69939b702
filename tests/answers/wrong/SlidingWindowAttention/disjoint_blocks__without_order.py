"""Tokens of a block see all of their block."""
import torch
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.h, self.w = num_heads, window_size
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x):
        q, k, v = (f(x).unflatten(-1, (self.h, -1)).transpose(1, 2) for f in (self.q, self.k, self.v))
        parts = []
        for start in range(0, x.shape[1], self.w):
            here = slice(start, start + self.w)
            weights = (q[:, :, here] @ k[:, :, here].mT / q.shape[-1] ** 0.5).softmax(-1)
            parts.append(weights @ v[:, :, here])
        return self.o(torch.cat(parts, 2).transpose(1, 2).flatten(2))
