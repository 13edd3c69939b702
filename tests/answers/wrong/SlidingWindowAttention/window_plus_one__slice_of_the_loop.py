"""The slice of keys begins at i - window_size."""
import torch
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.h, self.w = num_heads, window_size
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x):
        q, k, v = (f(x).unflatten(-1, (self.h, -1)).transpose(1, 2) for f in (self.q, self.k, self.v))
        rows = []
        for i in range(x.shape[1]):
            start = max(0, i - self.w)
            scores = q[:, :, i : i + 1] @ k[:, :, start : i + 1].mT / q.shape[-1] ** 0.5
            rows.append(scores.softmax(-1) @ v[:, :, start : i + 1])
        return self.o(torch.cat(rows, dim=2).transpose(1, 2).flatten(2))
