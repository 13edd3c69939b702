"""A token sees the last three only."""
import torch
import torch.nn.functional as F
from torch import nn


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(embed_size), nn.LayerNorm(embed_size)
        self.h = num_heads
        self.wq, self.wk, self.wv, self.wo = (nn.Linear(embed_size, embed_size, bias=False) for _ in range(4))
        self.mlp = nn.Sequential(nn.Linear(embed_size, hidden_size), nn.GELU("tanh"), nn.Linear(hidden_size, embed_size))

    def attention(self, n):
        q, k, v = (w(n).unflatten(-1, (self.h, -1)).transpose(1, 2) for w in (self.wq, self.wk, self.wv))
        seen = torch.ones(n.shape[1], n.shape[1]).tril().triu(-2).bool()
        return self.wo(F.scaled_dot_product_attention(q, k, v, attn_mask=seen).transpose(1, 2).flatten(-2))

    def forward(self, x):
        x = x + self.attention(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))
