"""Attention has no output projection."""
import torch.nn.functional as F
from torch import nn


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(embed_size), nn.LayerNorm(embed_size)
        self.h = num_heads
        self.qkv = nn.Linear(embed_size, 3 * embed_size)
        self.mlp = nn.Sequential(nn.Linear(embed_size, hidden_size), nn.GELU("tanh"), nn.Linear(hidden_size, embed_size))

    def forward(self, x):
        q, k, v = (t.unflatten(-1, (self.h, -1)).transpose(1, 2) for t in self.qkv(self.ln_1(x)).chunk(3, -1))
        x = x + F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(-2)
        return x + self.mlp(self.ln_2(x))
