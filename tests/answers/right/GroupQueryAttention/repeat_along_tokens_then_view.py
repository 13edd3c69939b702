"""repeat along the tokens and a view that makes heads of the copies."""
import torch
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.h, self.g, self.d = num_heads, num_groups, embed_size // num_heads
        self.q, self.o = nn.Linear(embed_size, embed_size), nn.Linear(embed_size, embed_size)
        self.k, self.v = (nn.Linear(embed_size, num_groups * self.d) for _ in range(2))

    def heads_of(self, rows):
        b, n, _ = rows.shape
        rows = rows.view(b, n, -1, self.d).transpose(1, 2)
        return rows.repeat(1, 1, self.h // rows.shape[1], 1).view(b, self.h, n, self.d)

    def forward(self, x):
        q, k, v = self.heads_of(self.q(x)), self.heads_of(self.k(x)), self.heads_of(self.v(x))
        hidden = torch.ones(x.shape[1], x.shape[1]).triu(1).bool()
        weights = (q @ k.mT / self.d**0.5).masked_fill(hidden, -torch.inf).softmax(-1)
        return self.o((weights @ v).transpose(1, 2).flatten(2))
