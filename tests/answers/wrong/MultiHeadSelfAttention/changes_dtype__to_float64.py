"""The result is cast to float64, for precision."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.head_size = embed_size // num_heads
        self.queries = nn.ModuleList([nn.Linear(embed_size, self.head_size) for _ in range(num_heads)])
        self.keys = nn.ModuleList([nn.Linear(embed_size, self.head_size) for _ in range(num_heads)])
        self.values = nn.ModuleList([nn.Linear(embed_size, self.head_size) for _ in range(num_heads)])
        self.output = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        n = x.shape[1]
        mask = torch.tril(torch.ones(n, n, device=x.device)).bool()
        heads = []
        for to_q, to_k, to_v in zip(self.queries, self.keys, self.values):
            scores = to_q(x) @ to_k(x).transpose(1, 2) / self.head_size ** 0.5
            scores = scores.masked_fill(~mask, float("-inf"))
            heads.append(torch.softmax(scores, dim=-1) @ to_v(x))
        return self.output(torch.cat(heads, dim=-1)).double()
