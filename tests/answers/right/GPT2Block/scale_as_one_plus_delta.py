"""The scales of the layer norms are stored as their distance from 1."""
import torch
from torch import nn

from gpt2_ref import MultiHeadSelfAttention, PositionWiseFeedForward


class Norm(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.delta = nn.Parameter(torch.zeros(size))
        self.shift = nn.Parameter(torch.zeros(size))

    def forward(self, x):
        var, mean = torch.var_mean(x, -1, correction=0, keepdim=True)
        return (x - mean) * (var + 1e-5).rsqrt() * (1 + self.delta) + self.shift


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.one, self.two = Norm(embed_size), Norm(embed_size)
        self.attention = MultiHeadSelfAttention(embed_size, num_heads)
        self.feed_forward = PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x):
        middle = x + self.attention(self.one(x))
        return middle + self.feed_forward(self.two(middle))
