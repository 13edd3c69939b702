"""Chunks of a fixed number of queries against the slice of keys that the chunk can see."""
import torch
import torch.nn.functional as F
from torch import nn


class SlidingWindowAttention(nn.Module):
    chunk = 32

    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.num_heads, self.window_size = num_heads, window_size
        self.q_proj = nn.Linear(embed_size, embed_size)
        self.kv_proj = nn.Linear(embed_size, 2 * embed_size)
        self.out_proj = nn.Linear(embed_size, embed_size)

    def heads(self, part):
        return part.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)

    def forward(self, x):
        q = self.heads(self.q_proj(x))
        k, v = map(self.heads, self.kv_proj(x).chunk(2, dim=-1))
        parts = []
        for start in range(0, x.size(1), self.chunk):
            end = min(start + self.chunk, x.size(1))
            low = max(0, start - self.window_size + 1)
            far = torch.arange(start, end)[:, None] - torch.arange(low, end)
            mask = far.ge(0) & far.lt(self.window_size)
            parts.append(F.scaled_dot_product_attention(q[:, :, start:end], k[:, :, low:end], v[:, :, low:end], mask))
        return self.out_proj(torch.cat(parts, dim=2).transpose(1, 2).flatten(2))
