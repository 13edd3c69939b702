"""None of the linear layers has a bias, and the block is made of two residual halves."""
import torch
import torch.nn.functional as F
from torch import nn


class Attention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size, bias=False) for _ in range(4))

    def forward(self, x):
        q, k, v = (f(x).unflatten(2, (self.num_heads, -1)).transpose(1, 2) for f in (self.q, self.k, self.v))
        return self.o(F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2))


class Residual(nn.Module):
    """x + f(norm(x))."""

    def __init__(self, embed_size, f):
        super().__init__()
        self.norm, self.f = nn.LayerNorm(embed_size), f

    def forward(self, x):
        return x + self.f(self.norm(x))


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        halves = []
        for _ in range(num_layers):
            halves.append(Residual(embed_size, Attention(embed_size, num_heads)))
            feed_forward = nn.Sequential(
                nn.Linear(embed_size, hidden_size, bias=False),
                nn.GELU(approximate="tanh"),
                nn.Linear(hidden_size, embed_size, bias=False),
            )
            halves.append(Residual(embed_size, feed_forward))
        self.halves = nn.Sequential(*halves)
        self.vocabulary = nn.Embedding(vocab_size, embed_size)
        self.order = nn.Embedding(context_size, embed_size)
        self.norm = nn.LayerNorm(embed_size)

    def forward(self, ids):
        x = self.vocabulary(ids) + self.order(torch.arange(ids.shape[1])[None])
        return F.linear(self.norm(self.halves(x)), self.vocabulary.weight)
