"""The naive version: loops over batch, heads, queries and keys, written into a zeros tensor of x's dtype."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.heads, self.size = num_heads, embed_size // num_heads
        self.wq = nn.Linear(embed_size, embed_size, bias=False)
        self.wk = nn.Linear(embed_size, embed_size, bias=False)
        self.wv = nn.Linear(embed_size, embed_size, bias=False)
        self.wo = nn.Linear(embed_size, embed_size, bias=False)

    def forward(self, x):
        q, k, v = self.wq(x), self.wk(x), self.wv(x)
        y = torch.zeros_like(q)
        for row in range(x.shape[0]):
            for head in range(self.heads):
                part = slice(head * self.size, (head + 1) * self.size)
                for i in range(x.shape[1]):
                    s = torch.stack([q[row, i, part] @ k[row, j, part] for j in range(i + 1)]) / self.size ** 0.5
                    w = torch.softmax(s, dim=0)
                    y[row, i, part] = sum(w[j] * v[row, j, part] for j in range(i + 1))
        return self.wo(y)
