"""Windows by unfold of padded keys and values, the padding is not hidden."""
import torch
import torch.nn.functional as F
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.num_heads, self.window_size = num_heads, window_size
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size, bias=False) for _ in range(4))

    def windows(self, rows):
        return F.pad(rows, (0, 0, self.window_size - 1, 0)).unfold(2, self.window_size, 1)

    def forward(self, x):
        q, k, v = (f(x).unflatten(-1, (self.num_heads, -1)).transpose(1, 2) for f in (self.q, self.k, self.v))
        scores = torch.einsum("bhnd,bhndw->bhnw", q, self.windows(k)) / q.shape[-1] ** 0.5
        mixed = torch.einsum("bhnw,bhndw->bhnd", scores.softmax(-1), self.windows(v))
        return self.o(mixed.transpose(1, 2).flatten(2))
