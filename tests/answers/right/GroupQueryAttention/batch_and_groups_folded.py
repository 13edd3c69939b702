"""Batch and groups are one axis for bmm."""
import torch
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.num_groups, self.share = num_groups, num_heads // num_groups
        self.q = nn.Linear(embed_size, embed_size)
        self.k = nn.Linear(embed_size, embed_size // self.share)
        self.v = nn.Linear(embed_size, embed_size // self.share)
        self.o = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, n, e = x.shape
        g, s = self.num_groups, self.share
        d = e // (g * s)
        q = self.q(x).view(b, n, g, s, d).permute(0, 2, 1, 3, 4).reshape(b * g, n * s, d)
        k = self.k(x).view(b, n, g, d).transpose(1, 2).reshape(b * g, n, d)
        v = self.v(x).view(b, n, g, d).transpose(1, 2).reshape(b * g, n, d)
        row = torch.arange(n).repeat_interleave(s)
        hidden = torch.arange(n) > row[:, None]
        scores = torch.bmm(q, k.transpose(1, 2)) * d**-0.5
        y = torch.bmm(scores.masked_fill(hidden, -torch.inf).softmax(-1), v)
        return self.o(y.view(b, g, n, s * d).transpose(1, 2).reshape(b, n, e))
