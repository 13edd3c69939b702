"""Own layer norm, own attention, own feed-forward layer, in four classes."""
import torch
from torch import nn


class LN(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.gamma, self.beta = nn.Parameter(torch.ones(n)), nn.Parameter(torch.zeros(n))

    def forward(self, x):
        m = x.mean(dim=-1, keepdim=True)
        v = ((x - m) ** 2).mean(dim=-1, keepdim=True)
        return self.gamma * (x - m) / torch.sqrt(v + 1e-5) + self.beta


class SelfAttention(nn.Module):
    def __init__(self, n, heads):
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.o = nn.Linear(n, n), nn.Linear(n, n), nn.Linear(n, n), nn.Linear(n, n)

    def forward(self, x):
        b, t, n = x.shape
        d = n // self.heads
        q = self.q(x).reshape(b, t, self.heads, d).transpose(1, 2)
        k = self.k(x).reshape(b, t, self.heads, d).transpose(1, 2)
        v = self.v(x).reshape(b, t, self.heads, d).transpose(1, 2)
        a = q @ k.transpose(2, 3) / d**0.5 - 1e9 * torch.ones(t, t).triu(1)
        return self.o((a.softmax(3) @ v).transpose(1, 2).reshape(b, t, n))


class MLP(nn.Module):
    def __init__(self, n, m):
        super().__init__()
        self.i, self.o = nn.Linear(n, m), nn.Linear(m, n)

    def forward(self, x):
        return self.o(nn.functional.gelu(self.i(x), approximate="tanh"))


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.n1, self.n2 = LN(embed_size), LN(embed_size)
        self.a, self.m = SelfAttention(embed_size, num_heads), MLP(embed_size, hidden_size)

    def forward(self, x):
        y = x + self.a(self.n1(x))
        z = y + self.m(self.n2(y))
        return z
