"""nn.MultiheadAttention subclassed, forward written out with its weights."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.MultiheadAttention):
    def __init__(self, embed_size, num_heads):
        super().__init__(embed_size, num_heads, bias=False, batch_first=True)

    def forward(self, x):
        b, t, e = x.shape
        q, k, v = (x @ w.T for w in self.in_proj_weight.chunk(3))
        q, k, v = (y.view(b, t, self.num_heads, self.head_dim).transpose(1, 2) for y in (q, k, v))
        s = (q @ k.transpose(-2, -1) / self.head_dim**0.5).masked_fill(torch.ones(t, t).triu(1).bool(), -torch.inf)
        return self.out_proj((s.softmax(-1) @ v).transpose(1, 2).reshape(b, t, e))
