"""An additive mask buffer made as float32, handed to the fused function."""
import torch
import torch.nn.functional as F
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))
        self.register_buffer("mask", torch.full((256, 256), float("-inf"), dtype=torch.float32).triu(1))

    def forward(self, x):
        b, t, e = x.shape
        q, k, v = (f(x).view(b, t, self.h, -1).transpose(1, 2) for f in (self.q, self.k, self.v))
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=self.mask[:t, :t])
        return self.o(y.transpose(1, 2).reshape(b, t, e))
