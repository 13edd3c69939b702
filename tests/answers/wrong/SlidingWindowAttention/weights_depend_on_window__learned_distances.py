"""A learned number for each distance is added to the scores."""
import torch
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.h, self.w = num_heads, window_size
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))
        self.bias = nn.Parameter(torch.zeros(window_size))

    def forward(self, x):
        q, k, v = (f(x).unflatten(-1, (self.h, -1)).transpose(1, 2) for f in (self.q, self.k, self.v))
        far = torch.arange(x.shape[1])[:, None] - torch.arange(x.shape[1])
        scores = q @ k.mT / q.shape[-1] ** 0.5 + self.bias[far.clamp(0, self.w - 1)]
        weights = scores.masked_fill((far < 0) | (far >= self.w), -torch.inf).softmax(-1)
        return self.o((weights @ v).transpose(1, 2).flatten(2))
