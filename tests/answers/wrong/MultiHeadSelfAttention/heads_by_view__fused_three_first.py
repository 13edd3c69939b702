"""A fused layer cut by view(batch, 3, heads, seq, size), no transpose."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.qkv = nn.Linear(embed_size, 3 * embed_size)
        self.proj = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        batch, n, embed = x.shape
        q, k, v = self.qkv(x).view(batch, 3, self.num_heads, n, -1).unbind(1)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.proj(y.transpose(1, 2).reshape(batch, n, embed))
