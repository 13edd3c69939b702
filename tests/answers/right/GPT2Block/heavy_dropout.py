"""Dropout of a half everywhere, off in evaluation."""
import torch
import torch.nn.functional as F
from torch import nn


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.num_heads = num_heads
        self.ln_1, self.ln_2 = nn.LayerNorm(embed_size), nn.LayerNorm(embed_size)
        self.c_attn, self.c_proj = nn.Linear(embed_size, 3 * embed_size), nn.Linear(embed_size, embed_size)
        self.c_fc, self.c_out = nn.Linear(embed_size, hidden_size), nn.Linear(hidden_size, embed_size)
        self.attn_drop, self.resid_drop, self.mlp_drop = nn.Dropout(0.5), nn.Dropout(0.5), nn.Dropout(0.5)

    def attn(self, x):
        b, t, c = x.shape
        q, k, v = self.c_attn(x).view(b, t, 3, self.num_heads, -1).permute(2, 0, 3, 1, 4)
        att = (q @ k.transpose(-1, -2)) / (c // self.num_heads) ** 0.5
        att = att.masked_fill(~torch.ones(t, t, dtype=torch.bool).tril(), float("-inf"))
        y = self.attn_drop(F.softmax(att, dim=-1)) @ v
        return self.resid_drop(self.c_proj(y.transpose(1, 2).reshape(b, t, c)))

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp_drop(self.c_out(F.gelu(self.c_fc(self.ln_2(x)), approximate="tanh")))
