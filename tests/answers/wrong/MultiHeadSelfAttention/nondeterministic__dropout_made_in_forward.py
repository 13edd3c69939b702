"""A fresh nn.Dropout made in forward is always in training mode."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.h = num_heads
        self.d = embed_size // num_heads
        self.qkv = nn.Linear(embed_size, embed_size * 3, bias=False)
        self.proj = nn.Linear(embed_size, embed_size)

    def forward(self, x):
        b, t, e = x.shape
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        # (b, t, e) -> (b, h, t, d)
        q = q.view(b, t, self.h, self.d).transpose(1, 2)
        k = k.view(b, t, self.h, self.d).transpose(1, 2)
        v = v.view(b, t, self.h, self.d).transpose(1, 2)
        a = (q @ k.transpose(-1, -2)) * (self.d ** -0.5)
        i = torch.arange(t, device=x.device)
        a = a.masked_fill(i[None, :] > i[:, None], float("-inf"))
        a = a.softmax(dim=-1)
        y = (a @ v).transpose(1, 2).reshape(b, t, e)
        return nn.Dropout(0.1)(self.proj(y))
