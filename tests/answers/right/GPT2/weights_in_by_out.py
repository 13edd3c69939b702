"""Layers that keep their weights as (in, out), as the first GPT-2 did."""
import torch
from torch import nn


class Projection(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.w = nn.Parameter(0.02 * torch.randn(inputs, outputs))
        self.b = nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        return x @ self.w + self.b


class Attention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.fused = Projection(embed_size, 3 * embed_size)
        self.back = Projection(embed_size, embed_size)

    def forward(self, x, mask):
        q, k, v = (p.unflatten(-1, (self.num_heads, -1)).transpose(1, 2) for p in self.fused(x).chunk(3, -1))
        weights = (q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5 + mask).softmax(-1)
        return self.back((weights @ v).transpose(1, 2).flatten(2))


class Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(embed_size), nn.LayerNorm(embed_size)
        self.attention = Attention(embed_size, num_heads)
        self.wide, self.narrow = Projection(embed_size, hidden_size), Projection(hidden_size, embed_size)

    def forward(self, x, mask):
        x = x + self.attention(self.norm1(x), mask)
        h = self.wide(self.norm2(x))
        h = 0.5 * h * (1 + torch.tanh((2 / torch.pi) ** 0.5 * (h + 0.044715 * h**3)))
        return x + self.narrow(h)


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.tokens = nn.Parameter(0.02 * torch.randn(vocab_size, embed_size))
        self.positions = nn.Parameter(0.01 * torch.randn(context_size, embed_size))
        self.blocks = nn.ModuleList(Block(embed_size, num_heads, hidden_size) for _ in range(num_layers))
        self.norm = nn.LayerNorm(embed_size)

    def forward(self, ids):
        n = ids.shape[1]
        mask = torch.full((n, n), float("-inf")).triu(1)
        x = self.tokens[ids] + self.positions[:n]
        for block in self.blocks:
            x = block(x, mask)
        return self.norm(x) @ self.tokens.T
