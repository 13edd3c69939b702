"""The query projection's result is divided by sqrt(size); key and value come from one layer."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size: int, num_heads: int, /, **unused):
        super().__init__()
        self.h, self.s = num_heads, embed_size // num_heads
        self.q = nn.Linear(embed_size, embed_size)
        self.kv = nn.Linear(embed_size, 2 * embed_size)
        self.o = nn.Sequential(nn.Linear(embed_size, embed_size), nn.Dropout(0.1))

    def forward(self, x):
        b, t, e = x.shape
        q = self.q(x).view(b, t, self.h, self.s).div(self.s**0.5)
        k, v = self.kv(x).view(b, t, 2, self.h, self.s).unbind(2)
        w = torch.einsum("bihs,bjhs->bijh", q, k)
        w = w.masked_fill(torch.ones(t, t).triu(1).bool()[..., None], -torch.inf).softmax(2)
        return self.o(torch.einsum("bijh,bjhs->bihs", w, v).reshape(b, t, e))
