"""Every weight is a raw parameter, every step written out."""
import math

import torch
from torch import nn


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        size = embed_size // num_heads
        self.g1 = nn.Parameter(torch.ones(embed_size))
        self.c1 = nn.Parameter(torch.zeros(embed_size))
        self.g2 = nn.Parameter(torch.ones(embed_size))
        self.c2 = nn.Parameter(torch.zeros(embed_size))
        self.wq = nn.Parameter(torch.randn(num_heads, embed_size, size) * 0.1)
        self.wk = nn.Parameter(torch.randn(num_heads, embed_size, size) * 0.1)
        self.wv = nn.Parameter(torch.randn(num_heads, embed_size, size) * 0.1)
        self.wo = nn.Parameter(torch.randn(num_heads, size, embed_size) * 0.1)
        self.w1 = nn.Parameter(torch.randn(embed_size, hidden_size) * 0.1)
        self.b1 = nn.Parameter(torch.zeros(hidden_size))
        self.w2 = nn.Parameter(torch.randn(hidden_size, embed_size) * 0.1)
        self.b2 = nn.Parameter(torch.zeros(embed_size))

    @staticmethod
    def normalise(x, g, c):
        centred = x - x.mean(-1, keepdim=True)
        return centred * torch.rsqrt(centred.pow(2).mean(-1, keepdim=True) + 1e-5) * g + c

    def attend(self, n):
        q = torch.einsum("bte,hed->bhtd", n, self.wq)
        k = torch.einsum("bte,hed->bhtd", n, self.wk)
        v = torch.einsum("bte,hed->bhtd", n, self.wv)
        scores = torch.einsum("bhid,bhjd->bhij", q, k) / math.sqrt(q.shape[-1])
        later = torch.ones_like(scores[0, 0], dtype=torch.bool).triu(1)
        weights = scores.masked_fill(later, -math.inf).softmax(-1)
        return torch.einsum("bhij,bhjd,hde->bie", weights, v, self.wo)

    def forward(self, x):
        x = x + self.attend(self.normalise(x, self.g1, self.c1))
        h = self.normalise(x, self.g2, self.c2) @ self.w1 + self.b1
        h = 0.5 * h * (1 + torch.tanh(math.sqrt(2 / math.pi) * (h + 0.044715 * h**3)))
        return x + h @ self.w2 + self.b2
