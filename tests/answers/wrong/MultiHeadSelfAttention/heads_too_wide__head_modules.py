"""A module per head, each as wide as the embedding, concatenated and brought back."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class AttentionHead(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.q = nn.Linear(dim, dim)
        self.k = nn.Linear(dim, dim)
        self.v = nn.Linear(dim, dim)

    def forward(self, x):
        return F.scaled_dot_product_attention(self.q(x), self.k(x), self.v(x), is_causal=True)


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.heads = nn.ModuleList([AttentionHead(embed_size) for _ in range(num_heads)])
        self.linear = nn.Linear(num_heads * embed_size, embed_size)

    def forward(self, x):
        return self.linear(torch.cat([h(x) for h in self.heads], dim=-1))
