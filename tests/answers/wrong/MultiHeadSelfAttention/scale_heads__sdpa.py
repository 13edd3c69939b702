"""SDPA scaled by the number of heads."""
import torch.nn as nn
import torch.nn.functional as F


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.heads = num_heads
        self.size = embed_size // num_heads
        self.qkv = nn.Linear(embed_size, 3 * embed_size)
        self.proj = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, n, _ = x.shape
        q, k, v = self.qkv(x).view(b, n, self.heads, 3, self.size).permute(3, 0, 2, 1, 4).contiguous()
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True, scale=1 / self.heads ** 0.5)
        return self.proj(y.transpose(1, 2).reshape(b, n, -1))
