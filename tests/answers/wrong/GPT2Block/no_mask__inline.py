"""Inline attention without is_causal."""
import torch.nn.functional as F
from torch import nn


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.num_heads = num_heads
        self.ln_1, self.ln_2 = nn.LayerNorm(embed_size), nn.LayerNorm(embed_size)
        self.qkv, self.proj = nn.Linear(embed_size, 3 * embed_size), nn.Linear(embed_size, embed_size)
        self.fc, self.out = nn.Linear(embed_size, hidden_size), nn.Linear(hidden_size, embed_size)

    def forward(self, x):
        q, k, v = (t.unflatten(-1, (self.num_heads, -1)).transpose(1, 2) for t in self.qkv(self.ln_1(x)).chunk(3, -1))
        x = x + self.proj(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(-2))
        return x + self.out(F.gelu(self.fc(self.ln_2(x)), approximate="tanh"))
