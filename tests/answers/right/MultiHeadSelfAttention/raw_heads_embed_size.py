"""Raw (heads, embed, size) parameters with einsum, the output a linear layer."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        size = embed_size // num_heads
        self.Q = nn.Parameter(torch.randn(num_heads, embed_size, size) * 0.02)
        self.K = nn.Parameter(torch.randn(num_heads, embed_size, size) * 0.02)
        self.V = nn.Parameter(torch.randn(num_heads, embed_size, size) * 0.02)
        self.linear = nn.Linear(embed_size, embed_size)
        self.scale = size ** -0.5

    def forward(self, x):
        q = torch.einsum("bte,hes->bhts", x, self.Q)
        k = torch.einsum("bte,hes->bhts", x, self.K)
        v = torch.einsum("bte,hes->bhts", x, self.V)
        scores = torch.einsum("bhqs,bhks->bhqk", q, k) * self.scale
        T = x.shape[1]
        scores = scores.masked_fill(torch.triu(torch.ones(T, T, device=x.device), 1) == 1, -torch.inf)
        z = torch.einsum("bhqk,bhks->bqhs", scores.softmax(-1), v)
        return self.linear(z.flatten(2))
