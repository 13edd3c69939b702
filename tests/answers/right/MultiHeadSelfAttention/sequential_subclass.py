"""An nn.Sequential of four steps; forward is inherited."""
import torch
from torch import nn


class Split(nn.Module):
    def __init__(self, embed, heads):
        super().__init__()
        self.q, self.k, self.v = (nn.Linear(embed, embed, bias=False) for _ in range(3))
        self.cut = nn.Unflatten(-1, (heads, embed // heads))

    def forward(self, x):
        return [self.cut(f(x)).transpose(1, 2) for f in (self.q, self.k, self.v)]


class Attend(nn.Module):
    def forward(self, qkv):
        q, k, v = qkv
        n = q.size(2)
        s = (q @ k.mT * q.size(3) ** -0.5).masked_fill(torch.ones(n, n).triu(1).bool(), -torch.inf)
        return (s.softmax(3) @ v).transpose(1, 2)


class MultiHeadSelfAttention(nn.Sequential):
    def __init__(self, embed_size, num_heads):
        super().__init__(Split(embed_size, num_heads), Attend(), nn.Flatten(2), nn.Linear(embed_size, embed_size))
