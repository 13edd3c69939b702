"""A float mask kept in a dict on the class, handed to the fused function."""
import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    masks = {}

    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x):
        b, t, e = x.shape
        if t not in self.masks:
            self.masks[t] = torch.full((t, t), float("-inf")).triu(1)
        q, k, v = (f(x).view(b, t, self.h, -1).transpose(1, 2) for f in (self.q, self.k, self.v))
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=self.masks[t])
        return self.o(y.transpose(1, 2).reshape(b, t, e))
