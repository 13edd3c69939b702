"""No concatenation: every head has its own (size, embed) output layer and the results are added."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        size = embed_size // num_heads
        self.size = size
        self.q = nn.ModuleList(nn.Linear(embed_size, size, bias=False) for _ in range(num_heads))
        self.k = nn.ModuleList(nn.Linear(embed_size, size, bias=False) for _ in range(num_heads))
        self.v = nn.ModuleList(nn.Linear(embed_size, size, bias=False) for _ in range(num_heads))
        self.o = nn.ModuleList(nn.Linear(size, embed_size, bias=False) for _ in range(num_heads))

    def forward(self, x):
        n = x.size(1)
        hidden = torch.triu(torch.ones(n, n, dtype=torch.bool, device=x.device), 1)
        total = 0
        for q, k, v, o in zip(self.q, self.k, self.v, self.o):
            scores = (q(x) @ k(x).mT / self.size ** 0.5).masked_fill(hidden, -torch.inf)
            total = total + o(scores.softmax(-1) @ v(x))
        return total
