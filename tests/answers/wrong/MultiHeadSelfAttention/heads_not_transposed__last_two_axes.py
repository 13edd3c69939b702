"""Swaps the last two axes when it splits the heads, so that attention runs over the numbers of a head."""
import torch.nn.functional as F
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.heads, self.size = num_heads, embed_size // num_heads
        self.fused = nn.Linear(embed_size, 3 * embed_size)
        self.out = nn.Linear(embed_size, embed_size)

    def cut(self, y):
        return y.reshape(*y.shape[:2], self.heads, self.size).transpose(-2, -1)

    def forward(self, x):
        q, k, v = map(self.cut, self.fused(x).chunk(3, dim=-1))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out(y.transpose(-2, -1).reshape(x.shape))
