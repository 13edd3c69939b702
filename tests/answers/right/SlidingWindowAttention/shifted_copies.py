"""One score per step back, from shifted copies of keys and values."""
import torch
import torch.nn.functional as F
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.n_head, self.span = num_heads, window_size
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x):
        q, k, v = (f(x).unflatten(-1, (self.n_head, -1)) for f in (self.q, self.k, self.v))
        length = x.shape[1]
        steps = range(min(self.span, length))
        shift = lambda rows, back: F.pad(rows, (0, 0, 0, 0, back, 0))[:, :length]
        scores = torch.stack([(q * shift(k, back)).sum(-1) / q.shape[-1] ** 0.5 for back in steps], dim=-1)
        gone = torch.arange(length)[:, None] < torch.tensor(list(steps))
        weights = scores.masked_fill(gone[:, None, :], -torch.inf).softmax(-1)
        mixed = sum(weights[..., back, None] * shift(v, back) for back in steps)
        return self.o(mixed.flatten(2))
