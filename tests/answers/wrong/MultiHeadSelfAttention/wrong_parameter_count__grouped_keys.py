"""Keys and values with half as many heads, repeated: grouped-query attention."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads, self.kv_heads = num_heads, num_heads // 2
        self.size = embed_size // num_heads
        self.q = nn.Linear(embed_size, embed_size)
        self.k = nn.Linear(embed_size, self.kv_heads * self.size)
        self.v = nn.Linear(embed_size, self.kv_heads * self.size)
        self.o = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, t, e = x.shape
        q = self.q(x).view(b, t, self.num_heads, self.size).transpose(1, 2)
        k = self.k(x).view(b, t, self.kv_heads, self.size).transpose(1, 2).repeat_interleave(2, dim=1)
        v = self.v(x).view(b, t, self.kv_heads, self.size).transpose(1, 2).repeat_interleave(2, dim=1)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.o(y.transpose(1, 2).reshape(b, t, e))
