"""The comparison of positions is added instead of filled in."""
import torch
from einops import einsum, rearrange
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.q = nn.Linear(embed_size, embed_size)
        self.k = nn.Linear(embed_size, embed_size)
        self.v = nn.Linear(embed_size, embed_size)
        self.o = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        split = "batch seq (heads size) -> batch heads seq size"
        q = rearrange(self.q(x), split, heads=self.num_heads)
        k = rearrange(self.k(x), split, heads=self.num_heads)
        v = rearrange(self.v(x), split, heads=self.num_heads)
        scores = einsum(q, k, "batch heads query size, batch heads key size -> batch heads query key")
        scores = scores / q.shape[-1] ** 0.5
        position = torch.arange(x.shape[1], device=x.device)
        scores = scores + (rearrange(position, "q -> q 1") < position)
        out = einsum(scores.softmax(-1), v, "batch heads query key, batch heads key size -> batch heads query size")
        return self.o(rearrange(out, "batch heads seq size -> batch seq (heads size)"))
