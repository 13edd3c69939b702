"""One layer makes query, key and value."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.proj = nn.Linear(embed_size, embed_size)
        self.out = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, t, e = x.shape
        h = self.proj(x).view(b, t, self.num_heads, e // self.num_heads).transpose(1, 2)
        y = F.scaled_dot_product_attention(h, h, h, is_causal=True)
        return self.out(y.transpose(1, 2).reshape(b, t, e))
