"""Queries in chunks of window_size against their chunk and the one before, cut to the exact band."""
import torch
import torch.nn.functional as F
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.heads, self.window = num_heads, window_size
        self.into = nn.Linear(embed_size, 3 * embed_size)
        self.back = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, n, e = x.shape
        w = self.window
        extra = -n % w
        q, k, v = self.into(x).view(b, n, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        q, k, v = (F.pad(part, (0, 0, 0, extra)) for part in (q, k, v))
        blocks = (n + extra) // w
        q, k, v = (part.unflatten(2, (blocks, w)) for part in (q, k, v))
        before = lambda part: torch.cat([F.pad(part, (0, 0, 0, 0, 1, 0))[:, :, :-1], part], dim=3)
        k, v = before(k), before(v)
        row = torch.arange(n + extra).view(blocks, w, 1)
        column = torch.arange(blocks).view(blocks, 1, 1) * w - w + torch.arange(2 * w)
        seen = (column >= 0) & (column <= row) & (column > row - w)
        scores = (q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5).masked_fill(~seen, float("-inf"))
        y = scores.softmax(-1) @ v
        y = y.flatten(2, 3)[:, :, :n]
        return self.back(y.transpose(1, 2).reshape(b, n, e))
