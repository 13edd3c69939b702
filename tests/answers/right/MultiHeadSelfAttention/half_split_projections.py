"""Query and key projections in two half-wide linears each."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        half = embed_size // 2
        self.h = num_heads
        self.q1, self.k1 = nn.Linear(embed_size, half), nn.Linear(embed_size, half)
        self.q2, self.k2 = nn.Linear(embed_size, embed_size - half), nn.Linear(embed_size, embed_size - half)
        self.v, self.o = nn.Linear(embed_size, embed_size), nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, t, e = x.shape
        q, k = torch.cat([self.q1(x), self.q2(x)], -1), torch.cat([self.k1(x), self.k2(x)], -1)
        q, k, v = (y.view(b, t, self.h, -1).transpose(1, 2) for y in (q, k, self.v(x)))
        y = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.o(y.transpose(1, 2).reshape(b, t, e))
