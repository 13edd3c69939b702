"""The interpretability form with the softmax inside and a mask of zeros outside."""
import torch
import torch.nn as nn
from einops import einsum


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size: int, num_heads: int):
        super().__init__()
        size = embed_size // num_heads
        for name in ("W_Q", "W_K", "W_V", "W_O"):
            shape = (num_heads, size, embed_size) if name == "W_O" else (num_heads, embed_size, size)
            setattr(self, name, nn.Parameter(torch.empty(shape).normal_(std=0.02)))
        for name in ("b_Q", "b_K", "b_V"):
            setattr(self, name, nn.Parameter(torch.zeros(num_heads, size)))
        self.b_O = nn.Parameter(torch.zeros(embed_size))
        self.root = size ** 0.5
        self.register_buffer("never", torch.tensor(0.0))

    def project(self, x, weight, bias):
        return einsum(x, weight, "batch word embed, head embed size -> batch head word size") + bias.unsqueeze(1)

    def hide_the_future(self, square):
        later = torch.ones_like(square, dtype=torch.bool).triu(1)
        return square.masked_fill(later, self.never)

    def forward(self, x):
        q = self.project(x, self.W_Q, self.b_Q)
        k = self.project(x, self.W_K, self.b_K)
        v = self.project(x, self.W_V, self.b_V)
        scores = einsum(q, k, "batch head asking size, batch head asked size -> batch head asking asked")
        weights = self.hide_the_future((scores / self.root).softmax(-1))
        mixed = einsum(weights, v, "batch head asking asked, batch head asked size -> batch head asking size")
        return einsum(mixed, self.W_O, "batch head word size, head size embed -> batch word embed") + self.b_O
