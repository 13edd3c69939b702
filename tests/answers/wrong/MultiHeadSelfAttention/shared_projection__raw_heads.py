"""One raw (heads, embed, size) parameter for all three roles."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        size = embed_size // num_heads
        self.w = nn.Parameter(torch.randn(num_heads, embed_size, size) * 0.02)
        self.wo = nn.Parameter(torch.randn(num_heads, size, embed_size) * 0.02)

    def forward(self, x):
        h = torch.einsum("bte,hes->bhts", x, self.w)
        n = x.shape[1]
        a = h @ h.mT / h.shape[-1] ** 0.5
        a = a.masked_fill(~torch.ones(n, n, dtype=torch.bool, device=x.device).tril(), -torch.inf).softmax(-1)
        return torch.einsum("bhqk,bhks,hse->bqe", a, h, self.wo)
