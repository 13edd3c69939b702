"""The triangle of a later chunk is moved so far that it hides nothing."""
import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.inward = nn.Linear(embed_size, 3 * embed_size, bias=False)
        self.outward = nn.Linear(embed_size, embed_size, bias=False)

    def forward(self, x, cache=None):
        q, k, v = self.inward(x).unflatten(-1, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4)
        past = 0
        if cache is not None:
            past = cache[0].shape[2] + x.shape[1]
            k, v = torch.cat([cache[0], k], 2), torch.cat([cache[1], v], 2)
        seen = torch.ones(x.shape[1], k.shape[2]).tril(past)
        w = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(seen == 0, float("-inf")).softmax(-1)
        return self.outward((w @ v).transpose(1, 2).flatten(2)), (k, v)
