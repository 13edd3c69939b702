"""Every head gets the full embedding size."""
import math
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        wide = num_heads * embed_size
        self.query = nn.Linear(embed_size, wide, bias=False)
        self.key = nn.Linear(embed_size, wide, bias=False)
        self.value = nn.Linear(embed_size, wide, bias=False)
        self.narrow = nn.Linear(wide, embed_size)

    def heads(self, vectors):
        return vectors.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)

    def forward(self, x):
        query, key, value = self.heads(self.query(x)), self.heads(self.key(x)), self.heads(self.value(x))
        scores = query @ key.mT / math.sqrt(x.size(-1))
        n = x.size(1)
        hidden = torch.ones(n, n, dtype=torch.bool, device=x.device).triu(1)
        weights = scores.masked_fill(hidden, -math.inf).softmax(dim=-1)
        return self.narrow((weights @ value).transpose(1, 2).flatten(2))
