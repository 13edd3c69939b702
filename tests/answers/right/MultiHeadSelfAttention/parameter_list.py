"""Four matrices in a ParameterList, applied with F.linear."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.nh = num_heads
        self.params = nn.ParameterList([torch.randn(embed_size, embed_size) * 0.02 for _ in range(4)])

    def forward(self, x):
        b, t, e = x.shape
        q, k, v = [F.linear(x, w).view(b, t, self.nh, e // self.nh).transpose(1, 2) for w in self.params[:3]]
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return F.linear(y.transpose(1, 2).reshape(b, t, e), self.params[3])
