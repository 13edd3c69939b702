"""Projections as convolutions of width one over the sequence."""
import torch
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.h, self.w = num_heads, window_size
        self.qkv = nn.Conv1d(embed_size, 3 * embed_size, kernel_size=1)
        self.o = nn.Conv1d(embed_size, embed_size, kernel_size=1)

    def forward(self, x):
        b, n, e = x.shape
        q, k, v = self.qkv(x.transpose(1, 2)).view(b, 3, self.h, e // self.h, n).unbind(1)
        scores = torch.einsum("bhdi,bhdj->bhij", q, k) / (e // self.h) ** 0.5
        i = torch.arange(n)
        keep = (i[None] <= i[:, None]) * (i[None] > i[:, None] - self.w)
        weights = scores.masked_fill(keep.logical_not(), -torch.inf).softmax(-1)
        y = torch.einsum("bhij,bhdj->bhdi", weights, v).reshape(b, e, n)
        return self.o(y).transpose(1, 2)
