"""The full attention takes its mask from a method that the window overrides."""
import torch
from torch import nn


class Attention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def hidden(self, length):
        return torch.ones(length, length, dtype=torch.bool).triu(1)

    def forward(self, x):
        q, k, v = (f(x).unflatten(-1, (self.h, -1)).transpose(1, 2) for f in (self.q, self.k, self.v))
        scores = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(self.hidden(x.shape[1]), -torch.inf)
        return self.o((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))


class SlidingWindowAttention(Attention):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__(embed_size, num_heads)
        self.window_size = window_size

    def hidden(self, length):
        return super().hidden(length) | torch.ones(length, length, dtype=torch.bool).tril(-self.window_size)
