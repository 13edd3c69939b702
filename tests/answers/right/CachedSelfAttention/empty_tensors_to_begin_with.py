"""No branch: without a cache, two tensors without rows stand in for it."""
import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads, self.head_size = num_heads, embed_size // num_heads
        self.query = nn.Linear(embed_size, embed_size)
        self.key = nn.Linear(embed_size, embed_size)
        self.value = nn.Linear(embed_size, embed_size)
        self.output = nn.Linear(embed_size, embed_size)

    def forward(self, x, cache=None):
        batch, new, embed = x.shape
        nothing = x.new_zeros(batch, self.num_heads, 0, self.head_size)
        keys, values = cache or (nothing, nothing)
        cut = lambda t: t.reshape(batch, new, self.num_heads, self.head_size).transpose(1, 2)
        keys = torch.cat([keys, cut(self.key(x))], dim=2)
        values = torch.cat([values, cut(self.value(x))], dim=2)
        scores = cut(self.query(x)) @ keys.transpose(2, 3) / self.head_size**0.5
        for i in range(new):
            scores[:, :, i, keys.shape[2] - new + i + 1 :] = float("-inf")
        mixed = scores.softmax(dim=-1) @ values
        return self.output(mixed.transpose(1, 2).reshape(batch, new, embed)), (keys, values)
