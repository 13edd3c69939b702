"""A loop over query heads, each finds its key head by division."""
import math

import torch
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size: int, num_heads: int, num_groups: int):
        super().__init__()
        self.num_heads = num_heads
        self.num_groups = num_groups
        self.head_size = embed_size // num_heads
        self.W_q = nn.Linear(embed_size, num_heads * self.head_size)
        self.W_k = nn.Linear(embed_size, num_groups * self.head_size)
        self.W_v = nn.Linear(embed_size, num_groups * self.head_size)
        self.W_o = nn.Linear(num_heads * self.head_size, embed_size)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        q, k, v = self.W_q(x), self.W_k(x), self.W_v(x)
        heads_per_group = self.num_heads // self.num_groups
        size = self.head_size
        heads = []
        for head in range(self.num_heads):
            group = head // heads_per_group
            mine = q[..., head * size : (head + 1) * size]
            theirs = slice(group * size, (group + 1) * size)
            scores = mine @ k[..., theirs].transpose(1, 2) / math.sqrt(size)
            scores = scores.masked_fill(torch.triu(torch.ones_like(scores[0]), 1) == 1, -1e9)
            heads.append(torch.softmax(scores, -1) @ v[..., theirs])
        return self.W_o(torch.cat(heads, -1))
