"""A branch each for one group, for as many as heads, and for the rest."""
import torch
import torch.nn.functional as F
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.h, self.g, self.d = num_heads, num_groups, embed_size // num_heads
        self.q, self.o = nn.Linear(embed_size, embed_size), nn.Linear(embed_size, embed_size)
        self.k, self.v = (nn.Linear(embed_size, num_groups * self.d) for _ in range(2))

    def forward(self, x):
        q, k, v = (f(x).unflatten(-1, (-1, self.d)).transpose(1, 2) for f in (self.q, self.k, self.v))
        if self.g == 1:
            k, v = k.expand(-1, self.h, -1, -1), v.expand(-1, self.h, -1, -1)
        elif self.g < self.h:
            k, v = (torch.kron(rows.contiguous(), torch.ones(1, self.h // self.g, 1, 1).to(rows)) for rows in (k, v))
        return self.o(F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2))
