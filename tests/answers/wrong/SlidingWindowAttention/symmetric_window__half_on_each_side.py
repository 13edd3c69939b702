"""Half of the window on each side of the token."""
import torch
import torch.nn.functional as F
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.heads, self.half = num_heads, window_size // 2
        self.qkv = nn.Linear(embed_size, 3 * embed_size)
        self.out = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, n, e = x.shape
        q, k, v = self.qkv(x).view(b, n, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        band = torch.ones(n, n, dtype=torch.bool).tril(self.half).triu(-self.half)
        return self.out(F.scaled_dot_product_attention(q, k, v, band).transpose(1, 2).reshape(b, n, e))
