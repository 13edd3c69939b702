"""Raw parameters from numpy float32 arrays."""
import numpy as np
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        draw = np.random.default_rng(0)
        self.h = num_heads
        for name in ("wq", "wk", "wv", "wo"):
            start = draw.standard_normal((embed_size, embed_size)).astype(np.float32) / np.sqrt(embed_size)
            setattr(self, name, nn.Parameter(torch.from_numpy(start.astype(np.float32))))

    def forward(self, x):
        b, t, e = x.shape
        q, k, v = ((x @ w).view(b, t, self.h, -1).transpose(1, 2) for w in (self.wq, self.wk, self.wv))
        s = (q @ k.transpose(-2, -1) / q.size(-1) ** 0.5).masked_fill(torch.ones(t, t).triu(1).bool(), -torch.inf)
        return (s.softmax(-1) @ v).transpose(1, 2).reshape(b, t, e) @ self.wo
