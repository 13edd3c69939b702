"""Every head has the full width."""
import torch
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        size = embed_size
        make = lambda *shape: nn.Parameter(torch.randn(*shape) * embed_size**-0.5)
        self.wq, self.wk, self.wv = (make(num_heads, embed_size, size) for _ in range(3))
        self.wo = make(num_heads * embed_size, embed_size)
        self.window = window_size

    def forward(self, x):
        n = x.shape[1]
        q, k, v = (torch.einsum("bne,hed->bhnd", x, w) for w in (self.wq, self.wk, self.wv))
        scores = torch.einsum("bhid,bhjd->bhij", q, k) * q.shape[-1] ** -0.5
        i, j = torch.arange(n).view(-1, 1), torch.arange(n).view(1, -1)
        scores = torch.where((j <= i) & (i - j < self.window), scores, -1e9)
        mixed = torch.einsum("bhij,bhjd->bihd", scores.softmax(-1), v)
        return mixed.flatten(2) @ self.wo
