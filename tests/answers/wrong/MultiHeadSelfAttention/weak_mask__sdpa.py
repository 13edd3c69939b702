"""SDPA with an additive mask of -10."""
import torch
from torch import nn
from torch.nn.functional import scaled_dot_product_attention


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.nh = num_heads
        self.Wq = nn.Linear(embed_size, embed_size, bias=False)
        self.Wk = nn.Linear(embed_size, embed_size, bias=False)
        self.Wv = nn.Linear(embed_size, embed_size, bias=False)
        self.Wo = nn.Linear(embed_size, embed_size, bias=False)

    def forward(self, x):
        b, n, d = x.shape
        q, k, v = [w(x).view(b, n, self.nh, d // self.nh).transpose(1, 2) for w in (self.Wq, self.Wk, self.Wv)]
        mask = torch.full((n, n), -10.0, dtype=q.dtype, device=q.device)
        mask = torch.triu(mask, diagonal=1)
        y = scaled_dot_product_attention(q, k, v, attn_mask=mask)
        return self.Wo(y.transpose(1, 2).reshape(b, n, d))
