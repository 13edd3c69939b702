"""Raw (size, size) parameters shared by the heads through einsum."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        d = embed_size // num_heads
        self.num_heads = num_heads
        self.wq = nn.Parameter(torch.randn(d, d) * d ** -0.5)
        self.wk = nn.Parameter(torch.randn(d, d) * d ** -0.5)
        self.wv = nn.Parameter(torch.randn(d, d) * d ** -0.5)
        self.wo = nn.Parameter(torch.randn(embed_size, embed_size) * embed_size ** -0.5)

    def forward(self, x):
        b, t, e = x.shape
        heads = x.view(b, t, self.num_heads, -1).transpose(1, 2)
        q, k, v = heads @ self.wq, heads @ self.wk, heads @ self.wv
        s = q @ k.transpose(-2, -1) * q.size(-1) ** -0.5
        s = s.masked_fill(torch.ones(t, t, dtype=torch.bool, device=x.device).triu(1), -torch.inf)
        return (s.softmax(-1) @ v).transpose(1, 2).reshape(b, t, e) @ self.wo
