"""A loop over heads with slices of the projections."""
import math

import torch
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size: int, num_heads: int, window_size: int):
        super().__init__()
        assert window_size >= 1
        self.size = embed_size // num_heads
        self.num_heads = num_heads
        self.window_size = window_size
        self.Wq = nn.Linear(embed_size, embed_size)
        self.Wk = nn.Linear(embed_size, embed_size)
        self.Wv = nn.Linear(embed_size, embed_size)
        self.Wo = nn.Linear(embed_size, embed_size)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        Q, K, V = self.Wq(x), self.Wk(x), self.Wv(x)
        seq = x.size(1)
        mask = torch.zeros(seq, seq)
        for i in range(seq):
            mask[i, max(0, i - self.window_size + 1) : i + 1] = 1
        outputs = []
        for h in range(self.num_heads):
            cut = slice(h * self.size, (h + 1) * self.size)
            scores = Q[..., cut] @ K[..., cut].transpose(1, 2) / math.sqrt(self.size)
            scores = scores.masked_fill(mask == 0, -1e9)
            outputs.append(scores.softmax(-1) @ V[..., cut])
        return self.Wo(torch.cat(outputs, dim=-1))
