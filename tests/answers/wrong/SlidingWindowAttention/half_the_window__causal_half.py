"""window_size // 2 tokens back, as the causal half of a symmetric window."""
import torch
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.heads, self.half = num_heads, window_size // 2
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x):
        q, k, v = (f(x).unflatten(-1, (self.heads, -1)).transpose(1, 2) for f in (self.q, self.k, self.v))
        n = x.shape[1]
        mask = torch.full((n, n), -torch.inf)
        for i in range(n):
            mask[i, max(0, i - self.half) : i + 1] = 0
        weights = (q @ k.mT / q.shape[-1] ** 0.5 + mask).softmax(-1)
        return self.o((weights @ v).transpose(1, 2).flatten(2))
