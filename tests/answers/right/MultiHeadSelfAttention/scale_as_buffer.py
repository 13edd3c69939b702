"""The scale kept as a buffer, computed once in float32."""
import torch
import torch.nn as nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        head_size = embed_size // num_heads
        self.q = nn.Linear(embed_size, embed_size)
        self.k = nn.Linear(embed_size, embed_size)
        self.v = nn.Linear(embed_size, embed_size)
        self.o = nn.Linear(embed_size, embed_size)
        self.register_buffer("scale", torch.tensor(head_size).float().rsqrt())

    def forward(self, x):
        b, t, e = x.shape
        q = self.q(x).reshape(b, t, self.num_heads, -1).transpose(1, 2) * self.scale
        k = self.k(x).reshape(b, t, self.num_heads, -1).transpose(1, 2)
        v = self.v(x).reshape(b, t, self.num_heads, -1).transpose(1, 2)
        s = q @ k.transpose(-1, -2)
        s = s.masked_fill(torch.ones(t, t, device=x.device).tril().eq(0), float("-inf"))
        return self.o((s.softmax(-1) @ v).transpose(1, 2).reshape(b, t, e))
