"""Token by token, with a list that forgets what falls out of the window."""
import collections

import torch
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.h, self.w = num_heads, window_size
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x):
        keys, values = collections.deque(maxlen=self.w), collections.deque(maxlen=self.w)
        results = []
        for token in x.unbind(1):
            q, k, v = (f(token).unflatten(-1, (self.h, -1)) for f in (self.q, self.k, self.v))
            keys.append(k)
            values.append(v)
            near = torch.stack(tuple(keys), dim=2)
            scores = (near @ q.unsqueeze(-1)).squeeze(-1) / q.shape[-1] ** 0.5
            mixed = scores.softmax(-1).unsqueeze(-2) @ torch.stack(tuple(values), dim=2)
            results.append(self.o(mixed.squeeze(-2).flatten(1)))
        return torch.stack(results, dim=1)
