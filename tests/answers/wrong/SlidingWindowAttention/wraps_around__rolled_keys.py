"""Keys are rolled along the text, and the first tokens get the last ones."""
import torch
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.h, self.w = num_heads, window_size
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x):
        q, k, v = (f(x).unflatten(-1, (self.h, -1)) for f in (self.q, self.k, self.v))
        steps = range(min(self.w, x.shape[1]))
        scores = torch.stack([(q * k.roll(back, 1)).sum(-1) for back in steps], -1) / q.shape[-1] ** 0.5
        weights = scores.softmax(-1)
        return self.o(sum(weights[..., back, None] * v.roll(back, 1) for back in steps).flatten(2))
