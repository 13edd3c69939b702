"""A fused layer with the heads last of all, (3, size, heads), by einops."""
import torch
from einops import einsum, rearrange
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.qkv = nn.Linear(embed_size, embed_size * 3, bias=False)
        self.out = nn.Linear(embed_size, embed_size, bias=False)

    def forward(self, x):
        pattern = "row word (role size head) -> role row head word size"
        roles = rearrange(self.qkv(x), pattern, role=3, head=self.num_heads)
        scores = einsum(roles[0], roles[1], "row head i size, row head j size -> row head i j")
        scores = scores / roles.shape[-1] ** 0.5
        later = torch.ones(scores.shape[2:], device=x.device).triu(1) == 1
        weights = scores.masked_fill(later, -torch.inf).softmax(dim=3)
        mixed = einsum(weights, roles[2], "row head i j, row head j size -> row i size head")
        return self.out(mixed.flatten(2))
