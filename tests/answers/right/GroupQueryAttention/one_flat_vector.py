"""All weights in one vector, cut up in forward."""
import torch
import torch.nn.functional as F
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        few = embed_size // num_heads * num_groups
        self.shapes = [(embed_size, embed_size), (few, embed_size), (few, embed_size), (embed_size, embed_size)]
        self.weights = nn.Parameter(torch.randn(2 * embed_size * (embed_size + few)) / embed_size**0.5)
        self.h, self.g = num_heads, num_groups

    def forward(self, x):
        pieces = self.weights.split([a * b for a, b in self.shapes])
        wq, wk, wv, wo = (piece.view(shape) for piece, shape in zip(pieces, self.shapes))
        q = F.linear(x, wq).unflatten(-1, (self.h, -1)).transpose(1, 2)
        k, v = (F.linear(x, w).unflatten(-1, (self.g, -1)).transpose(1, 2) for w in (wk, wv))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        return F.linear(y.transpose(1, 2).flatten(2), wo)
