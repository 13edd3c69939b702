"""Key heads are picked by head // share."""
import torch
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.d = embed_size // num_heads
        self.register_buffer("group_of", torch.arange(num_heads) // (num_heads // num_groups))
        self.q = nn.Linear(embed_size, embed_size)
        self.k = nn.Linear(embed_size, num_groups * self.d)
        self.v = nn.Linear(embed_size, num_groups * self.d)
        self.o = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        q, k, v = (f(x).unflatten(-1, (-1, self.d)) for f in (self.q, self.k, self.v))
        k, v = k[:, :, self.group_of], v[:, :, self.group_of]
        scores = torch.einsum("bihd,bjhd->bhij", q, k) * self.d**-0.5
        n = x.shape[1]
        scores = scores + torch.full((n, n), -torch.inf).triu(1)
        return self.o(torch.einsum("bhij,bjhd->bihd", scores.softmax(-1), v).flatten(2))
