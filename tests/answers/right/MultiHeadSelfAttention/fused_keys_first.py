"""A fused layer whose three parts are key, query, value, in that order."""
import math
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.kqv = nn.Linear(embed_size, 3 * embed_size)
        self.out = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, n, e = x.size()
        k, q, v = torch.split(self.kqv(x), e, dim=-1)
        k, q, v = [t.view(b, n, self.num_heads, -1).transpose(1, 2) for t in (k, q, v)]
        s = torch.matmul(q, k.transpose(-1, -2)).div(math.sqrt(e / self.num_heads))
        s = s.masked_fill(torch.tril(torch.ones_like(s)) == 0, float("-inf"))
        o = torch.matmul(torch.softmax(s, -1), v)
        o = o.transpose(1, 2).contiguous().view(b, n, e)
        return self.out(o)
