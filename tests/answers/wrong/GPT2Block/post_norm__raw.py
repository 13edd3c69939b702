"""Post-norm on raw parameters."""
import torch
import torch.nn.functional as F
from torch import nn


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.n = num_heads
        self.g = nn.Parameter(torch.ones(2, embed_size))
        self.s = nn.Parameter(torch.zeros(2, embed_size))
        self.qkv = nn.Parameter(torch.randn(embed_size, 3 * embed_size) * 0.02)
        self.o = nn.Parameter(torch.randn(embed_size, embed_size) * 0.02)
        self.up = nn.Parameter(torch.randn(embed_size, hidden_size) * 0.02)
        self.down = nn.Parameter(torch.randn(hidden_size, embed_size) * 0.02)

    def norm(self, x, i):
        return F.layer_norm(x, x.shape[-1:], self.g[i], self.s[i])

    def forward(self, x):
        q, k, v = (t.unflatten(-1, (self.n, -1)).transpose(1, 2) for t in (x @ self.qkv).chunk(3, -1))
        a = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(-2) @ self.o
        x = self.norm(x + a, 0)
        return self.norm(x + F.gelu(x @ self.up, approximate="tanh") @ self.down, 1)
