"""One fused layer, split in three, a (1, 1, 1024, 1024) buffer, two dropouts."""
import math

import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads, longest=1024, drop=0.1, bias=True):
        super().__init__()
        assert embed_size % num_heads == 0
        self.width, self.heads = embed_size, num_heads
        self.into = nn.Linear(embed_size, 3 * embed_size, bias=bias)
        self.back = nn.Linear(embed_size, embed_size, bias=bias)
        self.drop_weights = nn.Dropout(drop)
        self.drop_result = nn.Dropout(drop)
        self.register_buffer("seen", torch.ones(1, 1, longest, longest).tril())

    def cut(self, part):
        return part.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def forward(self, x):
        length = x.shape[1]
        query, key, value = map(self.cut, self.into(x).split(self.width, dim=-1))
        seen = self.seen[..., :length, :length]

        scores = query @ key.mT / math.sqrt(key.size(-1))
        scores = scores.masked_fill(seen == 0, -math.inf)
        weights = self.drop_weights(scores.softmax(dim=-1))

        merged = (weights @ value).transpose(1, 2).reshape(x.shape)
        result = self.drop_result(self.back(merged))
        return result
