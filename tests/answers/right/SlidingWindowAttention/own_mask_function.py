"""The mask comes from the function of the exercise before."""
import torch
from torch import nn


def sliding_window_mask(length, window_size):
    position = torch.arange(length)
    distance = position[:, None] - position[None, :]
    return (distance >= 0) & (distance < window_size)


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.num_heads, self.window_size = num_heads, window_size
        self.query, self.key, self.value = (nn.Linear(embed_size, embed_size) for _ in range(3))
        self.output = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        batch, sequence, embed = x.shape
        split = lambda rows: rows.view(batch, sequence, self.num_heads, -1).transpose(1, 2)
        query, key, value = split(self.query(x)), split(self.key(x)), split(self.value(x))
        scores = query @ key.mT / query.shape[-1] ** 0.5
        seen = sliding_window_mask(sequence, self.window_size)
        mixed = scores.masked_fill(~seen, -1e9).softmax(-1) @ value
        return self.output(mixed.transpose(1, 2).reshape(batch, sequence, embed))
