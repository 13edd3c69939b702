"""The input is cut into heads first, and one small (size, size) layer serves them all."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        assert embed_size % num_heads == 0
        self.num_heads = num_heads
        size = embed_size // num_heads
        self.value = nn.Linear(size, size, bias=False)
        self.key = nn.Linear(size, size, bias=False)
        self.query = nn.Linear(size, size, bias=False)
        self.output = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        heads = x.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
        query, key, value = self.query(heads), self.key(heads), self.value(heads)
        scores = query @ key.mT / heads.size(-1) ** 0.5
        past = torch.ones(x.size(1), x.size(1), device=x.device).tril() > 0
        weights = torch.where(past, scores, -1e20).softmax(-1)
        return self.output((weights @ value).transpose(1, 2).flatten(2))
