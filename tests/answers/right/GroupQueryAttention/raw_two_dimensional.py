"""Raw matrices and x @ w."""
import torch
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.h, self.g = num_heads, num_groups
        few = embed_size * num_groups // num_heads
        self.q, self.o = (nn.Parameter(torch.empty(embed_size, embed_size)) for _ in range(2))
        self.k, self.v = (nn.Parameter(torch.empty(embed_size, few)) for _ in range(2))
        for weight in self.parameters():
            nn.init.xavier_uniform_(weight)

    def forward(self, x):
        b, n, e = x.shape
        q = (x @ self.q).reshape(b, n, self.h, -1).transpose(1, 2)
        k = (x @ self.k).reshape(b, n, self.g, -1).transpose(1, 2)
        v = (x @ self.v).reshape(b, n, self.g, -1).transpose(1, 2)
        k, v = (torch.stack([rows] * (self.h // self.g), dim=2).flatten(1, 2) for rows in (k, v))
        scores = (q @ k.mT) * q.shape[-1] ** -0.5 + torch.full((n, n), -torch.inf).triu(1)
        return (scores.softmax(-1) @ v).transpose(1, 2).reshape(b, n, e) @ self.o
