"""A single Head is called once per head, so all heads are equal."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class Head(nn.Module):
    def __init__(self, embed_size, head_size):
        super().__init__()
        self.q = nn.Linear(embed_size, head_size, bias=False)
        self.k = nn.Linear(embed_size, head_size, bias=False)
        self.v = nn.Linear(embed_size, head_size, bias=False)

    def forward(self, x):
        return F.scaled_dot_product_attention(self.q(x), self.k(x), self.v(x), is_causal=True)


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.head = Head(embed_size, embed_size // num_heads)
        self.out = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        return self.out(torch.cat([self.head(x) for _ in range(self.num_heads)], dim=-1))
