"""Divided by head_size."""
import torch
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.num_heads, self.window_size = num_heads, window_size
        self.head_size = embed_size // num_heads
        self.query = nn.Linear(embed_size, embed_size)
        self.key = nn.Linear(embed_size, embed_size)
        self.value = nn.Linear(embed_size, embed_size)
        self.output = nn.Linear(embed_size, embed_size)

    def split(self, rows):
        batch, sequence, _ = rows.shape
        return rows.view(batch, sequence, self.num_heads, self.head_size).transpose(1, 2)

    def forward(self, x):
        query, key, value = self.split(self.query(x)), self.split(self.key(x)), self.split(self.value(x))
        scores = query @ key.transpose(-2, -1) / self.head_size
        position = torch.arange(x.shape[1])
        distance = position[:, None] - position[None, :]
        seen = (distance >= 0) & (distance < self.window_size)
        weights = scores.masked_fill(~seen, float("-inf")).softmax(dim=-1)
        mixed = weights @ value
        return self.output(mixed.transpose(1, 2).reshape(x.shape))
