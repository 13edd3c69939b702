"""No mask at all: each position only gathers the keys up to itself."""
import math
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.size = embed_size // num_heads
        self.q = nn.Linear(embed_size, embed_size)
        self.k = nn.Linear(embed_size, embed_size)
        self.v = nn.Linear(embed_size, embed_size)
        self.o = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, t, e = x.shape
        q = self.q(x).view(b, t, self.num_heads, self.size)
        k = self.k(x).view(b, t, self.num_heads, self.size)
        v = self.v(x).view(b, t, self.num_heads, self.size)
        rows = []
        for i in range(t):
            # position i looks at 0 .. i
            dots = (q[:, i : i + 1] * k[:, : i + 1]).sum(-1) / math.sqrt(self.size)   # b, i + 1, heads
            w = torch.softmax(dots, dim=1).unsqueeze(-1)
            rows.append((w * v[:, : i + 1]).sum(1))                                   # b, heads, size
        return self.o(torch.stack(rows, dim=1).reshape(b, t, e))
