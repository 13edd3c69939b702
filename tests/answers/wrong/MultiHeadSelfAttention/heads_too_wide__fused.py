"""A fused layer of width 3 * heads * embed."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.n = num_heads
        self.qkv = nn.Linear(embed_size, 3 * num_heads * embed_size)
        self.out = nn.Linear(num_heads * embed_size, embed_size)

    def forward(self, x):
        b, t, e = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.n, e).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out(y.transpose(1, 2).flatten(2))
