"""The keys of each window are gathered by index; negative positions are clamped and hidden."""
import torch
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.h, self.window_size = num_heads, window_size
        self.projections = nn.ModuleDict({name: nn.Linear(embed_size, embed_size) for name in ("q", "k", "v", "o")})

    def forward(self, x):
        batch, length, embed = x.shape
        q, k, v = (self.projections[name](x).view(batch, length, self.h, -1) for name in "qkv")
        back = torch.arange(self.window_size)
        index = torch.arange(length)[:, None] - back[None, :]
        missing = index < 0
        index = index.clamp(min=0)
        near_keys, near_values = k[:, index], v[:, index]
        scores = torch.einsum("bnhd,bnwhd->bnhw", q, near_keys) / q.shape[-1] ** 0.5
        scores = scores.masked_fill(missing[None, :, None, :], torch.finfo(scores.dtype).min)
        mixed = torch.einsum("bnhw,bnwhd->bnhd", torch.softmax(scores, -1), near_values)
        return self.projections["o"](mixed.reshape(batch, length, embed))
