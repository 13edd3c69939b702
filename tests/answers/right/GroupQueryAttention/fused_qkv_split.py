"""One layer for queries, keys and values, split by width."""
import torch
import torch.nn.functional as F
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.size = embed_size // num_heads
        self.widths = [embed_size, num_groups * self.size, num_groups * self.size]
        self.share = num_heads // num_groups
        self.into = nn.Linear(embed_size, sum(self.widths))
        self.back = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        q, k, v = (part.unflatten(-1, (-1, self.size)).transpose(1, 2) for part in self.into(x).split(self.widths, -1))
        k, v = torch.repeat_interleave(k, self.share, 1), torch.repeat_interleave(v, self.share, 1)
        return self.back(F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2))
