"""Raw parameters, with the layer norm and GELU written out."""
import math

import torch
from torch import nn


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.attention = attention
        self.g1 = nn.Parameter(torch.ones(embed_size))
        self.b1 = nn.Parameter(torch.zeros(embed_size))
        self.g2 = nn.Parameter(torch.ones(embed_size))
        self.b2 = nn.Parameter(torch.zeros(embed_size))
        self.W1 = nn.Parameter(torch.randn(embed_size, hidden_size) * 0.02)
        self.c1 = nn.Parameter(torch.zeros(hidden_size))
        self.W2 = nn.Parameter(torch.randn(hidden_size, embed_size) * 0.02)
        self.c2 = nn.Parameter(torch.zeros(embed_size))

    @staticmethod
    def norm(x, g, b):
        mean = x.mean(-1, keepdim=True)
        var = ((x - mean) ** 2).mean(-1, keepdim=True)
        return g * (x - mean) / torch.sqrt(var + 1e-5) + b

    @staticmethod
    def gelu(x):
        return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))

    def forward(self, x):
        x = x + self.attention(self.norm(x, self.g1, self.b1))
        hidden = self.gelu(self.norm(x, self.g2, self.b2) @ self.W1 + self.c1)
        return x + hidden @ self.W2 + self.c2
