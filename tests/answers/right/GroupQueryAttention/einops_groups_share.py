"""einops, with heads written as (groups share)."""
import torch
from einops import einsum, rearrange
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.num_groups = num_groups
        self.size = embed_size // num_heads
        self.to_q = nn.Linear(embed_size, embed_size, bias=False)
        self.to_kv = nn.Linear(embed_size, 2 * num_groups * self.size, bias=False)
        self.to_out = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        q = rearrange(self.to_q(x), "b n (g s d) -> b g s n d", g=self.num_groups, d=self.size)
        k, v = rearrange(self.to_kv(x), "b n (two g d) -> two b g n d", two=2, g=self.num_groups)
        scores = einsum(q, k, "b g s i d, b g j d -> b g s i j") * self.size**-0.5
        i = torch.arange(x.shape[1])
        scores = scores.masked_fill(i[None, :] > i[:, None], -torch.finfo(scores.dtype).max)
        y = einsum(scores.softmax(-1), v, "b g s i j, b g j d -> b g s i d")
        return self.to_out(rearrange(y, "b g s n d -> b n (g s d)"))
