"""One module for each head, results concatenated."""
import torch
import torch.nn.functional as F
from torch import nn

from gpt2_ref import GPT2LayerNorm, PositionWiseFeedForward


class Head(nn.Module):
    def __init__(self, embed_size, size):
        super().__init__()
        self.q = nn.Linear(embed_size, size, bias=False)
        self.k = nn.Linear(embed_size, size, bias=False)
        self.v = nn.Linear(embed_size, size, bias=False)

    def forward(self, n):
        scores = self.q(n) @ self.k(n).mT * self.q.out_features**-0.5
        seen = torch.tril(torch.ones(n.shape[1], n.shape[1]))
        return F.softmax(scores.masked_fill(seen == 0, float("-inf")), dim=-1) @ self.v(n)


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.heads = nn.ModuleList(Head(embed_size, embed_size // num_heads) for _ in range(num_heads))
        self.mix = nn.Linear(embed_size, embed_size)
        self.ffwd = PositionWiseFeedForward(embed_size, hidden_size)
        self.ln1, self.ln2 = GPT2LayerNorm(embed_size), GPT2LayerNorm(embed_size)

    def forward(self, x):
        n = self.ln1(x)
        x = x + self.mix(torch.cat([head(n) for head in self.heads], dim=-1))
        return x + self.ffwd(self.ln2(x))
