"""The mask of the first text is kept and stretched for longer ones, whose end sees everything."""
import torch
import torch.nn.functional as F
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.h, self.w = num_heads, window_size
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))
        self.hidden = None

    def forward(self, x):
        n = x.shape[1]
        if self.hidden is None:
            self.hidden = ~torch.ones(n, n, dtype=torch.bool).tril().triu(1 - self.w)
        more = max(0, n - len(self.hidden))
        hidden = F.pad(self.hidden, (0, more, 0, more))[:n, :n]
        q, k, v = (f(x).unflatten(-1, (self.h, -1)).transpose(1, 2) for f in (self.q, self.k, self.v))
        weights = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(hidden, -torch.inf).softmax(-1)
        return self.o((weights @ v).transpose(1, 2).flatten(2))
