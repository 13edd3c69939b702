"""Leaves heads and sequence where view put them, before attention and after it."""
import torch
from torch import nn


def attend(query, key, value):
    places = query.shape[-2]
    scores = query @ key.mT / query.shape[-1] ** 0.5
    seen = torch.ones(places, places).tril() == 1
    return scores.masked_fill(~seen, float("-inf")).softmax(dim=-1) @ value


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.query, self.key, self.value, self.output = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x):
        batch, sequence, embed_size = x.shape
        shape = (batch, sequence, self.num_heads, embed_size // self.num_heads)
        mixed = attend(self.query(x).view(shape), self.key(x).view(shape), self.value(x).view(shape))
        return self.output(mixed.reshape(x.shape))
