"""Queries are transposed, keys and values are viewed."""
import torch.nn.functional as F
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.h, self.g, self.d = num_heads, num_groups, embed_size // num_heads
        self.widths = [embed_size, num_groups * self.d, num_groups * self.d]
        self.qkv = nn.Linear(embed_size, sum(self.widths))
        self.proj = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, t, e = x.shape
        q, k, v = (part.view(b, t, -1, self.d).transpose(1, 2) for part in self.qkv(x).split(self.widths, dim=-1))
        k, v = (rows.transpose(1, 2).reshape(rows.shape) for rows in (k, v))
        k, v = (rows.repeat_interleave(self.h // self.g, dim=1) for rows in (k, v))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.proj(y.transpose(1, 2).reshape(b, t, e))
