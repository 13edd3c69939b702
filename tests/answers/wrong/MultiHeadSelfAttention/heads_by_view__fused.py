"""chunk, then view(b, h, t, d)."""
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
        q = q.reshape(b, self.h, t, self.d)
        k = k.reshape(b, self.h, t, self.d)
        v = v.reshape(b, self.h, t, self.d)
        a = (q @ k.transpose(-1, -2)) * (self.d ** -0.5)
        i = torch.arange(t, device=x.device)
        a = a.masked_fill(i[None, :] > i[:, None], float("-inf"))
        a = a.softmax(dim=-1)
        y = (a @ v).transpose(1, 2).reshape(b, t, e)
        return self.proj(y)
