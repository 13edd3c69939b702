"""The weights are multiplied by the triangle after the softmax."""
import torch
from torch import nn


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(embed_size), nn.LayerNorm(embed_size)
        self.h = num_heads
        self.qkv, self.o = nn.Linear(embed_size, 3 * embed_size), nn.Linear(embed_size, embed_size)
        self.mlp = nn.Sequential(nn.Linear(embed_size, hidden_size), nn.GELU("tanh"), nn.Linear(hidden_size, embed_size))

    def attention(self, n):
        q, k, v = (t.unflatten(-1, (self.h, -1)).transpose(1, 2) for t in self.qkv(n).chunk(3, -1))
        weights = (q @ k.mT / q.shape[-1] ** 0.5).softmax(-1) * torch.ones(n.shape[1], n.shape[1]).tril()
        return self.o((weights @ v).transpose(1, 2).flatten(-2))

    def forward(self, x):
        x = x + self.attention(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))
