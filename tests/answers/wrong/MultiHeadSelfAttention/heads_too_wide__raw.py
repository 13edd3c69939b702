"""Raw (heads, embed, embed) parameters, the heads summed by the output."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.wq = nn.Parameter(torch.randn(num_heads, embed_size, embed_size) * 0.02)
        self.wk = nn.Parameter(torch.randn(num_heads, embed_size, embed_size) * 0.02)
        self.wv = nn.Parameter(torch.randn(num_heads, embed_size, embed_size) * 0.02)
        self.wo = nn.Parameter(torch.randn(num_heads, embed_size, embed_size) * 0.02)

    def forward(self, x):
        q, k, v = (torch.einsum("bte,hef->bhtf", x, w) for w in (self.wq, self.wk, self.wv))
        n, e = q.shape[-2:]
        s = q @ k.mT / e ** 0.5
        s = s.masked_fill(torch.ones(n, n, dtype=torch.bool, device=x.device).triu(1), -torch.inf)
        return torch.einsum("bhtf,hfe->bte", s.softmax(-1) @ v, self.wo)
