"""Queries apart, keys and values in one layer, halves."""
import torch
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.num_heads, self.num_groups = num_heads, num_groups
        self.q = nn.Linear(embed_size, embed_size)
        self.kv = nn.Linear(embed_size, 2 * (embed_size // num_heads) * num_groups)
        self.proj = nn.Linear(embed_size, embed_size)
        self.register_buffer("causal", torch.ones(256, 256, dtype=torch.bool).tril())

    def forward(self, x):
        b, n, e = x.shape
        q = self.q(x).view(b, n, self.num_heads, -1).transpose(1, 2)
        k, v = (part.view(b, n, self.num_groups, -1).transpose(1, 2) for part in self.kv(x).chunk(2, dim=-1))
        k = k.repeat_interleave(self.num_heads // self.num_groups, 1)
        v = v.repeat_interleave(self.num_heads // self.num_groups, 1)
        att = (q @ k.transpose(-2, -1)) * (k.size(-1) ** -0.5)
        att = torch.where(self.causal[:n, :n], att, float("-inf")).softmax(-1)
        return self.proj((att @ v).transpose(1, 2).contiguous().view(b, n, e))
