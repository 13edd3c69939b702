"""Keys and values are cached before they are split into heads: (batch, sequence, embed)."""
import torch
import torch.nn.functional as F
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.qkv = nn.Linear(embed_size, 3 * embed_size, bias=False)
        self.out = nn.Linear(embed_size, embed_size, bias=False)

    def forward(self, x, cache=None):
        q, kv = self.qkv(x).split([x.shape[-1], 2 * x.shape[-1]], dim=-1)
        if cache is not None:
            kv = torch.cat([cache, kv], dim=1)
        k, v = kv.chunk(2, dim=-1)
        q, k, v = (t.unflatten(-1, (self.num_heads, -1)).transpose(1, 2) for t in (q, k, v))
        mask = torch.ones(q.shape[2], k.shape[2], dtype=torch.bool).tril(k.shape[2] - q.shape[2])
        y = F.scaled_dot_product_attention(q, k, v, mask)
        return self.out(y.transpose(1, 2).flatten(2)), kv
