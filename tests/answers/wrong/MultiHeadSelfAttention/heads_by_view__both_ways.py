"""Heads cut and merged by reshape alone."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.head_size = embed_size // num_heads
        self.query_of = nn.Linear(embed_size, embed_size)
        self.key_of = nn.Linear(embed_size, embed_size)
        self.value_of = nn.Linear(embed_size, embed_size)
        self.merge = nn.Linear(embed_size, embed_size, bias=False)

    def forward(self, x):
        batch, seq, embed = x.shape
        split = (batch, self.num_heads, seq, self.head_size)
        queries = self.query_of(x).reshape(split)
        keys = self.key_of(x).reshape(split)
        values = self.value_of(x).reshape(split)

        scores = queries @ keys.mT / self.head_size ** 0.5
        scores = scores + torch.full((seq, seq), -torch.inf, device=x.device, dtype=x.dtype).triu(1)
        mixed = scores.softmax(-1) @ values
        return self.merge(mixed.reshape(batch, seq, embed))
