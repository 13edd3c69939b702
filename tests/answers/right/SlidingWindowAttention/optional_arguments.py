"""Dropout, an own mask and other options that nobody has to give."""
import torch
import torch.nn.functional as F
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size=128, dropout=0.1, bias=True):
        super().__init__()
        self.num_heads, self.window_size = num_heads, window_size
        self.q_proj = nn.Linear(embed_size, embed_size, bias=bias)
        self.k_proj = nn.Linear(embed_size, embed_size, bias=False)
        self.v_proj = nn.Linear(embed_size, embed_size, bias=bias)
        self.o_proj = nn.Linear(embed_size, embed_size, bias=bias)
        self.drop = nn.Dropout(dropout)

    def forward(self, x, mask=None, need_weights=False):
        b, n, e = x.shape
        q, k, v = (p(x).view(b, n, self.num_heads, -1).transpose(1, 2) for p in (self.q_proj, self.k_proj, self.v_proj))
        if mask is None:
            mask = torch.ones(n, n, dtype=torch.bool, device=x.device).tril().triu(1 - self.window_size)
        scores = q @ k.transpose(2, 3) / k.shape[-1] ** 0.5
        weights = F.softmax(scores.masked_fill(mask.logical_not(), float("-inf")), dim=-1)
        y = self.o_proj((self.drop(weights) @ v).transpose(1, 2).reshape(b, n, e))
        return (y, weights) if need_weights else y
