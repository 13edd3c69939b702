"""x itself is cached; keys and values are computed again for all tokens."""
import torch
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.query = nn.Linear(embed_size, embed_size)
        self.key = nn.Linear(embed_size, embed_size)
        self.value = nn.Linear(embed_size, embed_size)
        self.output = nn.Linear(embed_size, embed_size)

    def forward(self, x, cache=None):
        everything = x if cache is None else torch.cat([cache, x], dim=1)
        q = self.query(x).unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
        k = self.key(everything).unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
        v = self.value(everything).unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
        n, total = x.shape[1], everything.shape[1]
        mask = torch.tril(torch.ones(n, total), diagonal=total - n)
        scores = (q @ k.transpose(-1, -2) / k.shape[-1] ** 0.5).masked_fill(mask == 0, float("-inf"))
        return self.output((scores.softmax(-1) @ v).transpose(1, 2).flatten(2)), everything
