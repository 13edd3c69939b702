"""A branch for the first chunk and one for later ones."""
import torch
import torch.nn.functional as F
from torch import nn


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.q_proj = nn.Linear(embed_size, embed_size)
        self.k_proj = nn.Linear(embed_size, embed_size)
        self.v_proj = nn.Linear(embed_size, embed_size)
        self.out_proj = nn.Linear(embed_size, embed_size)

    def shape(self, t):
        return t.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)

    def forward(self, x, cache=None):
        q, k, v = self.shape(self.q_proj(x)), self.shape(self.k_proj(x)), self.shape(self.v_proj(x))
        if cache is None:
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            k, v = torch.cat([cache[0], k], 2), torch.cat([cache[1], v], 2)
            if x.shape[1] == 1:
                y = F.scaled_dot_product_attention(q, k, v)
            else:
                old = k.shape[2] - x.shape[1]
                mask = torch.cat([torch.ones(x.shape[1], old), torch.ones(x.shape[1], x.shape[1]).tril()], dim=1)
                y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask.bool())
        return self.out_proj(y.transpose(1, 2).flatten(2)), (k, v)
