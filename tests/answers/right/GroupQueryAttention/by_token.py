"""One query token at a time, with all keys so far."""
import torch
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.g, self.d = num_groups, embed_size // num_heads
        self.q = nn.Linear(embed_size, embed_size)
        self.k = nn.Linear(embed_size, num_groups * self.d)
        self.v = nn.Linear(embed_size, num_groups * self.d)
        self.o = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        q = self.q(x).unflatten(-1, (self.g, -1, self.d))
        k, v = (f(x).unflatten(-1, (self.g, self.d)).transpose(1, 2) for f in (self.k, self.v))
        rows = []
        for i in range(x.shape[1]):
            scores = q[:, i] @ k[:, :, : i + 1].mT / self.d**0.5
            rows.append((scores.softmax(-1) @ v[:, :, : i + 1]).flatten(1))
        return self.o(torch.stack(rows, 1))
