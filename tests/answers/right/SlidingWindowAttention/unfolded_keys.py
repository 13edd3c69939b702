"""Keys and values of each window lie side by side, by unfold; the padding is hidden."""
import torch
import torch.nn.functional as F
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.num_heads, self.window_size = num_heads, window_size
        self.wq, self.wk, self.wv, self.wo = (nn.Linear(embed_size, embed_size, bias=False) for _ in range(4))

    def windows(self, rows):
        padded = F.pad(rows, (0, 0, self.window_size - 1, 0))
        return padded.unfold(2, self.window_size, 1)

    def forward(self, x):
        q, k, v = (w(x).unflatten(-1, (self.num_heads, -1)).transpose(1, 2) for w in (self.wq, self.wk, self.wv))
        k, v = self.windows(k), self.windows(v)
        scores = torch.einsum("bhnd,bhndw->bhnw", q, k) * q.size(-1) ** -0.5
        there = torch.arange(x.size(1))[:, None] - torch.arange(self.window_size - 1, -1, -1) >= 0
        weights = scores.masked_fill(~there, -torch.inf).softmax(-1)
        mixed = torch.einsum("bhnw,bhndw->bhnd", weights, v)
        return self.wo(mixed.transpose(1, 2).flatten(2))
