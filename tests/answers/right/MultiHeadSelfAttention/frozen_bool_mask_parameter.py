"""The mask is a Parameter of bools, not trained."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))
        self.later = nn.Parameter(torch.ones(512, 512, dtype=torch.bool).triu(1), requires_grad=False)

    def forward(self, x):
        b, t, e = x.shape
        q, k, v = (f(x).view(b, t, self.h, -1).transpose(1, 2) for f in (self.q, self.k, self.v))
        s = (q @ k.transpose(-2, -1) / q.size(-1) ** 0.5).masked_fill(self.later[:t, :t], -1e9)
        return self.o((s.softmax(-1) @ v).transpose(1, 2).reshape(b, t, e))
