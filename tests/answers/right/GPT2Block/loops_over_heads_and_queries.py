"""Loops over heads and queries, one softmax at a time."""
import torch
import torch.nn.functional as F
from torch import nn


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.num_heads = num_heads
        self.size = embed_size // num_heads
        self.ln1, self.ln2 = nn.LayerNorm(embed_size), nn.LayerNorm(embed_size)
        self.w = nn.ModuleDict({name: nn.Linear(embed_size, embed_size) for name in "qkvo"})
        self.fc1, self.fc2 = nn.Linear(embed_size, hidden_size), nn.Linear(hidden_size, embed_size)

    def one_head(self, q, k, v):
        rows = []
        for t in range(q.shape[1]):
            scores = (k[:, : t + 1] * q[:, t : t + 1]).sum(-1) / self.size**0.5
            rows.append((scores.softmax(-1).unsqueeze(-1) * v[:, : t + 1]).sum(1))
        return torch.stack(rows, dim=1)

    def forward(self, x):
        n = self.ln1(x)
        q, k, v = (self.w[name](n).split(self.size, dim=-1) for name in "qkv")
        mixed = torch.cat([self.one_head(*one) for one in zip(q, k, v, strict=True)], dim=-1)
        x = x + self.w["o"](mixed)
        return x + self.fc2(F.gelu(self.fc1(self.ln2(x)), approximate="tanh"))
