"""Raw parameters from torch.FloatTensor, filled by xavier_uniform_."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.w = nn.Parameter(torch.FloatTensor(4, embed_size, embed_size))
        nn.init.xavier_uniform_(self.w)

    def forward(self, x):
        b, t, e = x.shape
        q, k, v = ((x @ self.w[i]).view(b, t, self.h, -1).transpose(1, 2) for i in range(3))
        s = (q @ k.transpose(-2, -1) / q.size(-1) ** 0.5).masked_fill(torch.ones(t, t).triu(1).bool(), -torch.inf)
        return (s.softmax(-1) @ v).transpose(1, 2).reshape(b, t, e) @ self.w[3]
