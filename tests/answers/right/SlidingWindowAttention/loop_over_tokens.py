"""One query after the other, with the slice of keys that it sees."""
import torch
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.h, self.w, self.d = num_heads, window_size, embed_size // num_heads
        self.to_q = nn.Linear(embed_size, embed_size)
        self.to_k = nn.Linear(embed_size, embed_size)
        self.to_v = nn.Linear(embed_size, embed_size)
        self.out = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, n, e = x.shape
        q = self.to_q(x).view(b, n, self.h, self.d)
        k = self.to_k(x).view(b, n, self.h, self.d)
        v = self.to_v(x).view(b, n, self.h, self.d)
        rows = []
        for i in range(n):
            start = max(0, i + 1 - self.w)
            near_k, near_v = k[:, start : i + 1], v[:, start : i + 1]
            score = (q[:, i : i + 1] * near_k).sum(-1) / self.d**0.5
            weight = score.softmax(dim=1)
            rows.append((weight.unsqueeze(-1) * near_v).sum(1))
        return self.out(torch.stack(rows, dim=1).view(b, n, e))
