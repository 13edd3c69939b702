"""The layers are made with dtype=torch.float32."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        make = lambda: nn.Linear(embed_size, embed_size, dtype=torch.float32)
        self.q, self.k, self.v, self.o = make(), make(), make(), make()

    def forward(self, x):
        b, t, e = x.shape
        q, k, v = (f(x).view(b, t, self.h, -1).transpose(1, 2) for f in (self.q, self.k, self.v))
        s = (q @ k.transpose(-2, -1) / q.size(-1) ** 0.5).masked_fill(torch.ones(t, t).triu(1).bool(), -torch.inf)
        return self.o((s.softmax(-1) @ v).transpose(1, 2).reshape(b, t, e))
