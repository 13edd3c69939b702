"""Masks are kept on the module, one for each length."""
import torch
from torch import nn


class SlidingWindowAttention(nn.Module):
    def __init__(self, embed_size, num_heads, window_size):
        super().__init__()
        self.num_heads, self.window_size, self._masks = num_heads, window_size, {}
        self.c_attn = nn.Linear(embed_size, 3 * embed_size)
        self.c_proj = nn.Linear(embed_size, embed_size)

    def mask(self, n):
        if n not in self._masks:
            self._masks[n] = torch.ones(n, n).tril().triu(-(self.window_size - 1)) == 0
        return self._masks[n]

    def forward(self, x):
        b, n, e = x.size()
        q, k, v = self.c_attn(x).split(e, dim=2)
        q, k, v = (t.view(b, n, self.num_heads, e // self.num_heads).transpose(1, 2) for t in (q, k, v))
        att = (q @ k.transpose(-2, -1)) * (e // self.num_heads) ** -0.5
        att = att.masked_fill(self.mask(n), float("-inf")).softmax(dim=-1)
        return self.c_proj((att @ v).transpose(1, 2).contiguous().view(b, n, e))
