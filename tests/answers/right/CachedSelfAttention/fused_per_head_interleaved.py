"""Fused projection laid out (heads, size, 3)."""
import torch
import torch.nn.functional as F
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.qkv = nn.Linear(embed_size, 3 * embed_size)
        self.out = nn.Linear(embed_size, embed_size)

    def forward(self, x, cache=None):
        q, k, v = self.qkv(x).unflatten(-1, (self.num_heads, -1, 3)).transpose(1, 2).unbind(-1)
        if cache is not None:
            k, v = torch.cat((cache[0], k), 2), torch.cat((cache[1], v), 2)
        bias = torch.zeros(q.shape[2], k.shape[2]).masked_fill(
            torch.ones(q.shape[2], k.shape[2]).tril(k.shape[2] - q.shape[2]) == 0, float("-inf")
        )
        return self.out(F.scaled_dot_product_attention(q, k, v, bias).transpose(1, 2).flatten(2)), (k, v)
