"""Every row of every weight is a parameter of its own."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.e, self.h = embed_size, num_heads
        self.rows = nn.ParameterList(torch.randn(embed_size) / embed_size**0.5 for _ in range(4 * embed_size))

    def forward(self, x):
        b, t, e = x.shape
        wq, wk, wv, wo = torch.stack(list(self.rows)).split(e)
        q, k, v = ((x @ w.T).view(b, t, self.h, -1).transpose(1, 2) for w in (wq, wk, wv))
        s = (q @ k.mT / q.shape[-1] ** 0.5).masked_fill(torch.ones(t, t).triu(1).bool(), -torch.inf)
        return (s.softmax(-1) @ v).transpose(1, 2).reshape(b, t, e) @ wo.T
