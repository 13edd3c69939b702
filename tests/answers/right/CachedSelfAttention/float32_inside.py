"""The scores and the softmax are computed in float32, whatever x is."""
import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.qkv = nn.Linear(embed_size, 3 * embed_size)
        self.out = nn.Linear(embed_size, embed_size)

    def forward(self, x, cache=None):
        q, k, v = (t.unflatten(2, (self.num_heads, -1)).transpose(1, 2) for t in self.qkv(x).chunk(3, -1))
        if cache is not None:
            k, v = torch.cat([cache[0], k], 2), torch.cat([cache[1], v], 2)
        past = k.shape[2] - q.shape[2]
        scores = q.float() @ k.float().mT / q.shape[3] ** 0.5
        scores = scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).triu(past + 1), -torch.inf)
        weights = scores.softmax(-1).to(v.dtype)
        return self.out((weights @ v).transpose(1, 2).flatten(2)), (k, v)
