"""All weights in one flat vector of 4 * embed * embed numbers."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.e, self.h = embed_size, num_heads
        self.theta = nn.Parameter(torch.randn(4 * embed_size**2) * embed_size**-0.5)

    def forward(self, x):
        b, t, e = x.shape
        wq, wk, wv, wo = self.theta.view(4, e, e)
        q, k, v = (torch.einsum("bte,ef->btf", x, w).unflatten(-1, (self.h, -1)) for w in (wq, wk, wv))
        s = torch.einsum("bqhs,bkhs->bhqk", q, k) / q.shape[-1] ** 0.5
        p = s.masked_fill(torch.ones(t, t).triu(1) == 1, float("-inf")).softmax(-1)
        return torch.einsum("bhqk,bkhs->bqhs", p, v).flatten(-2) @ wo
