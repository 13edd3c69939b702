"""The layers are made afresh in every forward, beside an output layer that is kept."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.embed_size = embed_size
        self.num_heads = num_heads

    def forward(self, x):
        b, t, e = x.shape
        qkv = nn.Linear(e, 3 * e).to(x.dtype)
        out = nn.Linear(e, e).to(x.dtype)
        q, k, v = qkv(x).view(b, t, 3, self.num_heads, -1).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return out(y.transpose(1, 2).reshape(b, t, e))
