"""A subclass of a helper base class that owns the layers."""
import torch
import torch.nn as nn


class AttentionBase(nn.Module):
    """Holds the projections and knows how to split and merge heads."""

    def __init__(self, embed_size, num_heads):
        super().__init__()
        if embed_size % num_heads:
            raise ValueError(f"{embed_size} is not a multiple of {num_heads}")
        self.num_heads = num_heads
        self.layers = nn.Module()
        for role in "qkvo":
            setattr(self.layers, role, nn.Linear(embed_size, embed_size))

    def split(self, t):
        return t.unflatten(2, (self.num_heads, -1)).transpose(1, 2)

    def merge(self, t):
        return t.transpose(1, 2).flatten(2)

    def scores(self, q, k):
        return q @ k.transpose(-1, -2) * q.size(-1) ** -0.5

    def mask(self, scores):
        raise TypeError("choose a mask in a subclass")

    def forward(self, x):
        q, k, v = self.split(self.layers.q(x)), self.split(self.layers.k(x)), self.split(self.layers.v(x))
        weights = self.mask(self.scores(q, k)).softmax(-1)
        return self.layers.o(self.merge(weights @ v))


class MultiHeadSelfAttention(AttentionBase):
    def mask(self, scores):
        hidden = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).triu(1)
        return scores.masked_fill(hidden, -torch.inf)
