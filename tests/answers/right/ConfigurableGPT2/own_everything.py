"""All parts written out: norm, feed-forward layer, attention, block, model."""
import math

import torch
from torch import nn


def norm(x, scale, shift):
    mean = x.mean(-1, keepdim=True)
    return (x - mean) / (x.var(-1, keepdim=True, unbiased=False) + 1e-5).sqrt() * scale + shift


class Attention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.heads = num_heads
        self.qkv = nn.Linear(embed_size, 3 * embed_size)
        self.out = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, t, e = x.shape
        q, k, v = (part.view(b, t, self.heads, -1).transpose(1, 2) for part in self.qkv(x).chunk(3, -1))
        scores = q @ k.transpose(-1, -2) / math.sqrt(e // self.heads)
        future = torch.ones(t, t, dtype=torch.bool, device=x.device).triu(1)
        weights = scores.masked_fill(future, float("-inf")).softmax(-1)
        return self.out((weights @ v).transpose(1, 2).reshape(b, t, e))


class Block(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.attention = attention
        self.scales = nn.Parameter(torch.ones(2, embed_size))
        self.shifts = nn.Parameter(torch.zeros(2, embed_size))
        self.up = nn.Linear(embed_size, hidden_size)
        self.down = nn.Linear(hidden_size, embed_size)

    def forward(self, x):
        x = x + self.attention(norm(x, self.scales[0], self.shifts[0]))
        h = self.up(norm(x, self.scales[1], self.shifts[1]))
        return x + self.down(0.5 * h * (1 + torch.tanh(math.sqrt(2 / math.pi) * (h + 0.044715 * h**3))))


class ConfigurableGPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024,
                 attention=Attention, learned_positions=True):
        super().__init__()
        self.E = nn.Parameter(torch.randn(vocab_size, embed_size) * 0.02)
        if learned_positions:
            self.P = nn.Parameter(torch.randn(context_size, embed_size) * 0.01)
        else:
            self.register_parameter("P", None)
        self.blocks = nn.ModuleList()
        for _ in range(num_layers):
            self.blocks.append(Block(embed_size, hidden_size, attention(embed_size, num_heads)))
        self.scale = nn.Parameter(torch.ones(embed_size))
        self.shift = nn.Parameter(torch.zeros(embed_size))

    def forward(self, ids):
        x = self.E[ids]
        if self.P is not None:
            x = x + self.P[: ids.shape[1]]
        for block in self.blocks:
            x = block(x)
        return norm(x, self.scale, self.shift) @ self.E.T
