"""The earlier function does the attention; heads are spread before it."""
import torch
from torch import nn


def causal_attention(query, key, value):
    scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5
    future = torch.ones(query.shape[-2], query.shape[-2], dtype=torch.bool).triu(1)
    return scores.masked_fill(future, float("-inf")).softmax(-1) @ value


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.share = num_heads // num_groups
        self.head_size = embed_size // num_heads
        self.query = nn.Linear(embed_size, embed_size)
        self.key = nn.Linear(embed_size, num_groups * self.head_size)
        self.value = nn.Linear(embed_size, num_groups * self.head_size)
        self.output = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        query, key, value = (
            layer(x).unflatten(-1, (-1, self.head_size)).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        )
        key = key.repeat_interleave(self.share, dim=1)
        value = value.repeat_interleave(self.share, dim=1)
        return self.output(causal_attention(query, key, value).transpose(1, 2).flatten(2))
