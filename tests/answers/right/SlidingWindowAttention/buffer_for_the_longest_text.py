"""A buffer for the longest text, made in the constructor and cut to length."""
import torch
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size, context_size=1024):
        super().__init__()
        self.num_heads, self.head_size = num_heads, embed_size // num_heads
        self.qkv = nn.Linear(embed_size, 3 * embed_size, bias=False)
        self.out = nn.Linear(embed_size, embed_size)
        rows = torch.arange(context_size).unsqueeze(-1)
        columns = torch.arange(context_size)
        self.register_buffer("seen", (columns <= rows) & (columns > rows - window_size))

    def forward(self, x):
        b, n, e = x.shape
        qkv = self.qkv(x).reshape(b, n, self.num_heads, 3 * self.head_size).transpose(1, 2)
        q, k, v = qkv.chunk(3, dim=-1)
        scores = q @ k.transpose(-1, -2) / self.head_size**0.5
        scores.masked_fill_(torch.logical_not(self.seen[:n, :n]), float("-inf"))
        return self.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(b, n, e))
