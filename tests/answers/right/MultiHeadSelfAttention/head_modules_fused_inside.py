"""A module per head with one fused layer of width 3 * size inside."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class OneHead(nn.Module):
    def __init__(self, embed, size):
        super().__init__()
        self.qkv = nn.Linear(embed, 3 * size)

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, -1)
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.heads = nn.ModuleList(OneHead(embed_size, embed_size // num_heads) for _ in range(num_heads))
        self.out = nn.Linear(embed_size, embed_size, bias=False)

    def forward(self, x):
        return self.out(torch.cat([head(x) for head in self.heads], dim=2))
