"""The heads of a group become more query rows of its key head."""
import torch
from torch import nn


class GroupQueryAttention(nn.Module):
    def __init__(self, embed_size, num_heads, num_groups):
        super().__init__()
        self.g, self.s, self.d = num_groups, num_heads // num_groups, embed_size // num_heads
        self.q = nn.Linear(embed_size, embed_size)
        self.k = nn.Linear(embed_size, self.g * self.d)
        self.v = nn.Linear(embed_size, self.g * self.d)
        self.o = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, n, e = x.shape
        q = self.q(x).view(b, n, self.g, self.s, self.d).permute(0, 2, 3, 1, 4).reshape(b, self.g, self.s * n, self.d)
        k = self.k(x).view(b, n, self.g, self.d).transpose(1, 2)
        v = self.v(x).view(b, n, self.g, self.d).transpose(1, 2)
        hidden = torch.ones(n, n, dtype=torch.bool).triu(1).repeat(self.s, 1)
        weights = (q @ k.mT / self.d**0.5).masked_fill(hidden, float("-inf")).softmax(-1)
        y = (weights @ v).view(b, self.g, self.s, n, self.d).permute(0, 3, 1, 2, 4)
        return self.o(y.reshape(b, n, e))
