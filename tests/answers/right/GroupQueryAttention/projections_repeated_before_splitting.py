"""The weights of keys and values are repeated, not their results."""
import torch
import torch.nn.functional as F
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.h, self.g, self.d = num_heads, num_groups, embed_size // num_heads
        self.q = nn.Linear(embed_size, embed_size)
        self.k = nn.Linear(embed_size, num_groups * self.d, bias=False)
        self.v = nn.Linear(embed_size, num_groups * self.d, bias=False)
        self.o = nn.Linear(embed_size, embed_size)

    def whole(self, layer):
        return layer.weight.view(self.g, self.d, -1).repeat_interleave(self.h // self.g, 0).flatten(0, 1)

    def forward(self, x):
        rows = self.q(x), F.linear(x, self.whole(self.k)), F.linear(x, self.whole(self.v))
        q, k, v = (part.unflatten(-1, (self.h, self.d)).transpose(1, 2) for part in rows)
        return self.o(F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2))
