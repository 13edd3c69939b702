"""The loop over heads asks for a key head too many."""
import torch
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.h, self.g, self.d = num_heads, num_groups, embed_size // num_heads
        self.q, self.o = nn.Linear(embed_size, embed_size), nn.Linear(embed_size, embed_size)
        self.k, self.v = (nn.Linear(embed_size, num_groups * self.d) for _ in range(2))

    def forward(self, x):
        q, k, v = (f(x).unflatten(-1, (-1, self.d)) for f in (self.q, self.k, self.v))
        hidden = torch.ones(x.shape[1], x.shape[1]).triu(1).bool()
        heads = []
        for head in range(self.h):
            scores = q[:, :, head] @ k[:, :, head // self.g].mT / self.d**0.5
            heads.append(scores.masked_fill(hidden, -1e9).softmax(-1) @ v[:, :, head // self.g])
        return self.o(torch.cat(heads, -1))
