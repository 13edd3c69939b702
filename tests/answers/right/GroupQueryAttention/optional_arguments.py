"""Dropout, a mask and other options that nobody has to give; biases on queries and values only."""
import torch
import torch.nn.functional as F
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups=1, dropout=0.1, max_length=2048):
        super().__init__()
        if num_heads % num_groups:
            raise ValueError(f"num_groups = {num_groups} must divide num_heads = {num_heads}")
        self.num_heads, self.num_groups = num_heads, num_groups
        self.head_dim = embed_size // num_heads
        self.query = nn.Linear(embed_size, embed_size)
        self.key = nn.Linear(embed_size, num_groups * self.head_dim, bias=False)
        self.value = nn.Linear(embed_size, num_groups * self.head_dim)
        self.out = nn.Linear(embed_size, embed_size, bias=False)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x, mask=None):
        b, n, e = x.shape
        q = self.query(x).view(b, n, self.num_heads, self.head_dim).transpose(1, 2)
        k = self.key(x).view(b, n, self.num_groups, self.head_dim).transpose(1, 2)
        v = self.value(x).view(b, n, self.num_groups, self.head_dim).transpose(1, 2)
        k, v = (rows[:, :, None].expand(-1, -1, self.num_heads // self.num_groups, -1, -1).flatten(1, 2) for rows in (k, v))
        seen = torch.ones(n, n, dtype=torch.bool).tril() if mask is None else mask
        weights = F.softmax((q @ k.mT / self.head_dim**0.5).masked_fill(~seen, -1e9), dim=-1)
        return self.out((self.dropout(weights) @ v).transpose(1, 2).reshape(b, n, e))
