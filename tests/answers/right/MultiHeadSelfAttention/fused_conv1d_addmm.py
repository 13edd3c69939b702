"""The original GPT-2 layout: an own layer with weight (in, out) and addmm."""
import torch
from torch import nn


class InOut(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(inputs, outputs).normal_(std=0.02))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        rows = torch.addmm(self.bias, x.flatten(0, -2), self.weight)
        return rows.unflatten(0, x.shape[:-1])


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads, longest=1024):
        super().__init__()
        self.num_heads = num_heads
        self.register_buffer("past", torch.ones(longest, longest).tril())
        self.inwards = InOut(embed_size, 3 * embed_size)
        self.outwards = InOut(embed_size, embed_size)

    def forward(self, x):
        n, embed = x.shape[1:]
        parts = self.inwards(x).split(embed, dim=2)
        query, key, value = (p.unflatten(2, (self.num_heads, -1)) for p in parts)
        scores = query.transpose(1, 2) @ key.permute(0, 2, 3, 1)
        scores = scores * query.size(-1) ** -0.5
        past = self.past[:n, :n]
        scores = torch.where(past > 0, scores, -1e4)
        weights = nn.Softmax(dim=-1)(scores)
        mixed = (weights @ value.transpose(1, 2)).transpose(1, 2)
        return self.outwards(mixed.reshape(x.shape))
