"""Projections as convolutions of width one."""
import torch
import torch.nn.functional as F
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.h, self.g = num_heads, num_groups
        few = embed_size // num_heads * num_groups
        self.q = nn.Conv1d(embed_size, embed_size, 1)
        self.k = nn.Conv1d(embed_size, few, 1)
        self.v = nn.Conv1d(embed_size, few, 1)
        self.o = nn.Conv1d(embed_size, embed_size, 1)

    def forward(self, x):
        x = x.transpose(1, 2)
        q = self.q(x).unflatten(1, (self.h, -1)).mT
        k, v = (f(x).unflatten(1, (self.g, -1)).mT.repeat_interleave(self.h // self.g, 1) for f in (self.k, self.v))
        return self.o(F.scaled_dot_product_attention(q, k, v, is_causal=True).mT.flatten(1, 2)).transpose(1, 2)
