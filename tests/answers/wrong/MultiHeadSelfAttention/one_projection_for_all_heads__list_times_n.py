"""nn.ModuleList([layer] * n) holds the same layer n times."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.d = embed_size // num_heads
        self.queries = nn.ModuleList([nn.Linear(embed_size, self.d)] * num_heads)
        self.keys = nn.ModuleList([nn.Linear(embed_size, self.d)] * num_heads)
        self.values = nn.ModuleList([nn.Linear(embed_size, self.d)] * num_heads)
        self.project = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        t = x.size(1)
        mask = torch.ones(t, t, device=x.device).triu(1).bool()
        parts = []
        for q, k, v in zip(self.queries, self.keys, self.values):
            s = q(x) @ k(x).transpose(-2, -1) / self.d ** 0.5
            parts.append(s.masked_fill(mask, float("-inf")).softmax(-1) @ v(x))
        return self.project(torch.cat(parts, -1))
