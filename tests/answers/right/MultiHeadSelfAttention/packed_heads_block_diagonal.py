"""All heads in one matrix of scores: blocks of the long sequence (heads * sequence) may meet."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x):
        b, t, e = x.shape
        q, k, v = (f(x).view(b, t, self.h, -1).transpose(1, 2).flatten(1, 2) for f in (self.q, self.k, self.v))
        keep = torch.block_diag(*[torch.ones(t, t).tril()] * self.h).bool()
        s = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(~keep, -torch.inf)
        return self.o((s.softmax(-1) @ v).unflatten(1, (self.h, t)).transpose(1, 2).flatten(2))
