"""nn.Conv1d with kernel size 1 as the projections, on (batch, embed, sequence)."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.size = embed_size // num_heads
        self.q = nn.Conv1d(embed_size, embed_size, kernel_size=1)
        self.k = nn.Conv1d(embed_size, embed_size, kernel_size=1)
        self.v = nn.Conv1d(embed_size, embed_size, kernel_size=1)
        self.o = nn.Conv1d(embed_size, embed_size, kernel_size=1)

    def forward(self, x):
        x = x.transpose(1, 2)                                       # b e t
        b, e, t = x.shape
        q = self.q(x).view(b, self.num_heads, self.size, t)
        k = self.k(x).view(b, self.num_heads, self.size, t)
        v = self.v(x).view(b, self.num_heads, self.size, t)
        w = q.transpose(2, 3) @ k / self.size ** 0.5                # b h t t
        w = w.masked_fill(torch.ones(t, t, device=x.device).triu(1).bool(), float("-inf")).softmax(-1)
        y = v @ w.transpose(2, 3)                                   # b h d t
        return self.o(y.reshape(b, e, t)).transpose(1, 2)
