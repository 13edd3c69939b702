"""Loops over texts, tokens and heads, with lists of scores."""
import math

import torch
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.num_heads, self.window_size, self.size = num_heads, window_size, embed_size // num_heads
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))

    def forward(self, x):
        texts = []
        for text in x:
            q, k, v = self.q(text), self.k(text), self.v(text)
            rows = []
            for i in range(len(text)):
                first = max(i - (self.window_size - 1), 0)
                parts = []
                for head in range(self.num_heads):
                    at = slice(head * self.size, (head + 1) * self.size)
                    scores = torch.mv(k[first : i + 1, at], q[i, at]) / math.sqrt(self.size)
                    parts.append(torch.softmax(scores, 0) @ v[first : i + 1, at])
                rows.append(torch.cat(parts))
            texts.append(torch.stack(rows))
        return self.o(torch.stack(texts))
