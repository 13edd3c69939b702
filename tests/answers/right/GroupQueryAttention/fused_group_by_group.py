"""One layer; the queries, the key and the value of a group lie together."""
import torch
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.g, self.s, self.d = num_groups, num_heads // num_groups, embed_size // num_heads
        self.qkv = nn.Linear(embed_size, num_groups * (self.s + 2) * self.d)
        self.dense = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, n, e = x.shape
        rows = self.qkv(x).view(b, n, self.g, self.s + 2, self.d)
        q, k, v = rows[:, :, :, :-2], rows[:, :, :, -2], rows[:, :, :, -1]
        scores = torch.einsum("bngsd,bmgd->bgsnm", q, k) / self.d**0.5
        scores = scores.masked_fill(torch.ones(n, n).triu(1).bool(), -torch.inf)
        return self.dense(torch.einsum("bgsnm,bmgd->bngsd", scores.softmax(-1), v).reshape(b, n, e))
