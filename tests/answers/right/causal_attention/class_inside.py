"""Makes a small module inside and calls it."""
import torch
from torch import nn


class Attend(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.size = size
        self.softmax = nn.Softmax(dim=-1)

    def forward(self, q, k, v):
        scores = q @ k.transpose(-1, -2) / self.size**0.5
        above = torch.ones(scores.shape[-2:]).triu(1) > 0
        return self.softmax(scores.masked_fill(above, float("-inf"))) @ v


def causal_attention(query, key, value):
    return Attend(query.shape[-1]).eval()(query, key, value)
