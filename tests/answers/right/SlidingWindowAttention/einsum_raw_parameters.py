"""Raw (embed, heads, size) parameters and einsum."""
import torch
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        size = embed_size // num_heads
        make = lambda *shape: nn.Parameter(torch.randn(*shape) * embed_size**-0.5)
        self.wq, self.wk, self.wv = (make(embed_size, num_heads, size) for _ in range(3))
        self.wo = make(num_heads, size, embed_size)
        self.window = window_size
        self.scale = size**-0.5

    def forward(self, x):
        q, k, v = (torch.einsum("bte,ehd->bhtd", x, w) for w in (self.wq, self.wk, self.wv))
        t = x.shape[1]
        scores = torch.einsum("bhid,bhjd->bhij", q, k) * self.scale
        i, j = torch.arange(t).view(-1, 1), torch.arange(t).view(1, -1)
        scores = torch.where((j <= i) & (i - j < self.window), scores, -torch.inf)
        return torch.einsum("bhij,bhjd,hde->bie", scores.softmax(-1), v, self.wo)
