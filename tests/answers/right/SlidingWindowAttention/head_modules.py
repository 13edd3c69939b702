"""One small module for each head, each with its own mask."""
import torch
from torch import nn


class Head(nn.Module):
    def __init__(self, embed_size, head_size, window_size):
        super().__init__()
        self.query = nn.Linear(embed_size, head_size, bias=False)
        self.key = nn.Linear(embed_size, head_size, bias=False)
        self.value = nn.Linear(embed_size, head_size, bias=False)
        self.window_size = window_size

    def forward(self, x):
        length = x.shape[1]
        scores = self.query(x) @ self.key(x).transpose(1, 2) / self.query.out_features**0.5
        past = torch.ones(length, length).tril()
        far = torch.ones(length, length).tril(-self.window_size)
        scores = scores.masked_fill((past - far) == 0, float("-inf"))
        return torch.softmax(scores, dim=-1) @ self.value(x)


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.heads = nn.ModuleList([Head(embed_size, embed_size // num_heads, window_size) for _ in range(num_heads)])
        self.mix = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        return self.mix(torch.cat([head(x) for head in self.heads], dim=-1))
