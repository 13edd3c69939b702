"""Divided by the root of the sequence length."""
import math

import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        assert embed_size % num_heads == 0
        self.num_heads = num_heads
        self.head_size = embed_size // num_heads
        self.w_q = nn.Linear(embed_size, embed_size)
        self.w_k = nn.Linear(embed_size, embed_size)
        self.w_v = nn.Linear(embed_size, embed_size)
        self.w_o = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        batch, seq, embed = x.shape
        q = self.w_q(x).view(batch, seq, self.num_heads, self.head_size).transpose(1, 2)
        k = self.w_k(x).view(batch, seq, self.num_heads, self.head_size).transpose(1, 2)
        v = self.w_v(x).view(batch, seq, self.num_heads, self.head_size).transpose(1, 2)
        scores = q @ k.transpose(-2, -1) / math.sqrt(seq)
        mask = torch.tril(torch.ones(seq, seq, device=x.device))
        scores = scores.masked_fill(mask == 0, float("-inf"))
        weights = torch.softmax(scores, dim=-1)
        out = (weights @ v).transpose(1, 2).contiguous().view(batch, seq, embed)
        return self.w_o(out)
