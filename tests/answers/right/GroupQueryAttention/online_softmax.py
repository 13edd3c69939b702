"""Keys come one after the other; a running maximum and sum for each head."""
import torch
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.g, self.d = num_groups, embed_size // num_heads
        self.q, self.o = nn.Linear(embed_size, embed_size), nn.Linear(embed_size, embed_size)
        self.k, self.v = (nn.Linear(embed_size, num_groups * self.d) for _ in range(2))

    def forward(self, x):
        q = self.q(x).unflatten(-1, (self.g, -1, self.d)) / self.d**0.5
        k, v = (f(x).unflatten(-1, (self.g, 1, self.d)) for f in (self.k, self.v))
        top = torch.full_like(q[..., :1], -1e30)
        total, mixed = torch.zeros_like(top), torch.zeros_like(q)
        place = torch.arange(x.shape[1]).view(-1, 1, 1, 1)
        for j in range(x.shape[1]):
            score = (q * k[:, j : j + 1]).sum(-1, keepdim=True).masked_fill(place < j, -torch.inf)
            new_top = torch.maximum(top, score)
            old, new = (top - new_top).exp(), (score - new_top).exp()
            total, mixed, top = total * old + new, mixed * old + new * v[:, j : j + 1], new_top
        return self.o((mixed / total).flatten(2))
