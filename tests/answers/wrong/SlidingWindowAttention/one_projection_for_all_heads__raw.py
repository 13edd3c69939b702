"""All heads have the same weights."""
import torch
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        size = embed_size // num_heads
        make = lambda *shape: nn.Parameter(torch.randn(*shape) * embed_size**-0.5)
        self.wq, self.wk, self.wv = (make(embed_size, size) for _ in range(3))
        self.wo = make(embed_size, embed_size)
        self.window = window_size

    def forward(self, x):
        n = x.shape[1]
        q, k, v = (torch.einsum("bne,ed->bnd", x, w).unsqueeze(1) for w in (self.wq, self.wk, self.wv))
        scores = torch.einsum("bhid,bhjd->bhij", q, k) * q.shape[-1] ** -0.5
        i, j = torch.arange(n).view(-1, 1), torch.arange(n).view(1, -1)
        scores = torch.where((j <= i) & (i - j < self.window), scores, -1e9)
        mixed = torch.einsum("bhij,bhjd->bihd", scores.softmax(-1), v)
        return mixed.repeat(1, 1, x.shape[-1] // mixed.shape[-1], 1).flatten(2) @ self.wo
