"""Weights outside the band are set to 0 and the rest divided by its sum."""
import torch
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.h, self.w = num_heads, window_size
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x):
        q, k, v = (f(x).unflatten(-1, (self.h, -1)).transpose(1, 2) for f in (self.q, self.k, self.v))
        band = torch.ones(x.shape[1], x.shape[1]).tril().triu(1 - self.w)
        scores = q @ k.mT / q.shape[-1] ** 0.5
        top = scores.masked_fill(band == 0, -torch.inf).amax(-1, keepdim=True)
        weights = (scores - top).clamp(max=80).exp() * band
        weights = weights / weights.sum(-1, keepdim=True)
        return self.o((weights @ v).transpose(1, 2).flatten(2))
