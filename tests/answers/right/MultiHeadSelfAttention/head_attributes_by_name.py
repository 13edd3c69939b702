"""Small layers registered one by one as q0, k0, v0, q1, ... and fetched with getattr."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.dk = embed_size // num_heads
        for i in range(num_heads):
            for role in ("q", "k", "v"):
                self.add_module(f"{role}{i}", nn.Linear(embed_size, self.dk, bias=False))
        self.o = nn.Linear(embed_size, embed_size)

    def one_head(self, x, i):
        q = getattr(self, f"q{i}")(x)
        k = getattr(self, f"k{i}")(x)
        v = getattr(self, f"v{i}")(x)
        s = torch.bmm(q, k.transpose(1, 2)) / self.dk ** 0.5
        t = x.size(1)
        s = s - 1e9 * torch.ones(t, t, device=x.device, dtype=x.dtype).triu(1)
        return torch.bmm(s.softmax(2), v)

    def forward(self, x):
        return self.o(torch.cat([self.one_head(x, i) for i in range(self.num_heads)], dim=-1))
