"""A new axis is expanded and folded into the heads."""
import torch
import torch.nn.functional as F
from torch import nn


def spread(rows, share):
    if share == 1:
        return rows
    batch, groups, length, size = rows.shape
    return rows.unsqueeze(2).expand(batch, groups, share, length, size).reshape(batch, groups * share, length, size)


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.size = embed_size // num_heads
        self.share = num_heads // num_groups
        self.q_proj = nn.Linear(embed_size, num_heads * self.size, bias=False)
        self.k_proj = nn.Linear(embed_size, num_groups * self.size, bias=False)
        self.v_proj = nn.Linear(embed_size, num_groups * self.size, bias=False)
        self.o_proj = nn.Linear(num_heads * self.size, embed_size, bias=False)

    def forward(self, x):
        q, k, v = (p(x).unflatten(-1, (-1, self.size)).transpose(1, 2) for p in (self.q_proj, self.k_proj, self.v_proj))
        y = F.scaled_dot_product_attention(q, spread(k, self.share), spread(v, self.share), is_causal=True)
        return self.o_proj(y.transpose(1, 2).flatten(2))
