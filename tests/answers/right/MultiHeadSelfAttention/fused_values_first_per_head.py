"""A fused layer ordered value, key, query inside each head."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.vkq = nn.Linear(embed_size, 3 * embed_size, bias=False)
        self.wo = nn.Linear(embed_size, embed_size, bias=False)
        self.num_heads = num_heads

    def forward(self, x):
        b, t, e = x.shape
        packed = self.vkq(x).view(b, t, self.num_heads, 3, e // self.num_heads).transpose(1, 2)
        v, k, q = packed[..., 0, :], packed[..., 1, :], packed[..., 2, :]
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.wo(y.transpose(1, 2).flatten(-2))
