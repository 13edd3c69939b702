"""einops for the heads, one projection for query, key and value."""
import torch
import torch.nn.functional as F
from einops import rearrange
from torch import nn

from gpt2_ref import GPT2LayerNorm


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.heads = num_heads
        self.to_qkv = nn.Linear(embed_size, 3 * embed_size, bias=False)
        self.to_out = nn.Linear(embed_size, embed_size)
        self.norm = GPT2LayerNorm(embed_size)
        self.mlp = nn.Sequential(
            GPT2LayerNorm(embed_size),
            nn.Linear(embed_size, hidden_size),
            nn.GELU("tanh"),
            nn.Linear(hidden_size, embed_size),
        )

    def forward(self, x):
        q, k, v = rearrange(self.to_qkv(self.norm(x)), "b n (three h d) -> three b h n d", three=3, h=self.heads)
        dots = torch.einsum("bhid,bhjd->bhij", q, k) * q.shape[-1] ** -0.5
        dots = dots + torch.full_like(dots[0, 0], float("-inf")).triu(1)
        out = torch.einsum("bhij,bhjd->bhid", F.softmax(dots, dim=-1), v)
        x = self.to_out(rearrange(out, "b h n d -> b n (h d)")) + x
        return self.mlp(x) + x
