"""einops for every change of axes."""
import torch
from einops import einsum, rearrange
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.num_heads, self.window_size = num_heads, window_size
        self.to_qkv = nn.Linear(embed_size, 3 * embed_size)
        self.to_out = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        q, k, v = rearrange(self.to_qkv(x), "b n (three h d) -> three b h n d", three=3, h=self.num_heads)
        scores = einsum(q, k, "b h i d, b h j d -> b h i j") * q.shape[-1] ** -0.5
        place = torch.arange(x.shape[1], device=x.device)
        far = rearrange(place, "i -> i 1") - rearrange(place, "j -> 1 j")
        scores = scores.masked_fill((far < 0) | (far >= self.window_size), -torch.finfo(scores.dtype).max)
        y = einsum(scores.softmax(dim=-1), v, "b h i j, b h j d -> b h i d")
        return self.to_out(rearrange(y, "b h n d -> b n (h d)"))
