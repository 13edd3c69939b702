"""A chunk is read token by token, so that no mask is needed."""
import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x, cache=None):
        keys, values = cache if cache is not None else ([], [])
        rows = []
        for token in x.unbind(1):
            q, k, v = (layer(token).unflatten(-1, (self.h, -1)) for layer in (self.q, self.k, self.v))
            keys, values = [*keys, k], [*values, v]
            seen_keys, seen_values = torch.stack(keys, 2), torch.stack(values, 2)
            weights = ((q[:, :, None] * seen_keys).sum(-1) / q.shape[-1] ** 0.5).softmax(-1)
            rows.append((weights[..., None] * seen_values).sum(2).flatten(1))
        return self.o(torch.stack(rows, 1)), (keys, values)
