"""A fused layer taken apart with one rearrange: (qkv heads size)."""
import torch
from torch import nn
from einops import rearrange


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.heads = num_heads
        self.first = nn.Linear(embed_size, 3 * embed_size)
        self.last = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        q, k, v = rearrange(self.first(x), "b seq (qkv heads size) -> qkv b heads seq size", qkv=3, heads=self.heads)
        scores = q @ rearrange(k, "b heads seq size -> b heads size seq") / q.shape[-1] ** 0.5
        lower = torch.ones(scores.shape[-2:], device=x.device).tril()
        scores = scores + lower.log()   # log 1 = 0, log 0 = -inf
        return self.last(rearrange(scores.softmax(-1) @ v, "b heads seq size -> b seq (heads size)"))
