"""SDPA with an additive mask in the default dtype rather than the input's."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.to_q = nn.Linear(embed_size, embed_size)
        self.to_k = nn.Linear(embed_size, embed_size)
        self.to_v = nn.Linear(embed_size, embed_size)
        self.to_o = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, n, e = x.shape
        q = self.to_q(x).view(b, n, self.h, -1).transpose(1, 2)
        k = self.to_k(x).view(b, n, self.h, -1).transpose(1, 2)
        v = self.to_v(x).view(b, n, self.h, -1).transpose(1, 2)
        mask = torch.zeros(n, n).masked_fill(torch.ones(n, n).triu(1) == 1, float("-inf"))
        y = F.scaled_dot_product_attention(q, k, v, mask)
        return self.to_o(y.transpose(1, 2).reshape(b, n, e))
