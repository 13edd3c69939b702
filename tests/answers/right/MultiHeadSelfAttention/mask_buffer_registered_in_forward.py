"""A buffer called mask that starts as None and is registered by the first forward."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.in_proj = nn.Linear(embed_size, 3 * embed_size)
        self.out_proj = nn.Linear(embed_size, embed_size)
        self.register_buffer("mask", None, persistent=False)

    def forward(self, x):
        b, t, e = x.shape
        if self.mask is None or self.mask.shape[0] != t:
            self.mask = torch.full((t, t), -torch.inf, device=x.device).triu(1)
        q, k, v = self.in_proj(x).reshape(b, t, 3, self.num_heads, -1).movedim(2, 0).transpose(2, 3)
        w = (q @ k.transpose(2, 3) / (e // self.num_heads) ** 0.5 + self.mask).softmax(-1)
        return self.out_proj((w @ v).transpose(1, 2).reshape(b, t, e))
