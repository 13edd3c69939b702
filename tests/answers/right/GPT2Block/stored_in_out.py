"""Layers that store their weights (in, out), as GPT-2's checkpoint does."""
import torch
import torch.nn as nn
import torch.nn.functional as F

from gpt2_ref import GPT2LayerNorm


class InOut(nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(n_in, n_out).normal_(std=0.02))
        self.bias = nn.Parameter(torch.zeros(n_out))

    def forward(self, x):
        return x @ self.weight + self.bias


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.heads = num_heads
        self.ln_1, self.ln_2 = GPT2LayerNorm(embed_size), GPT2LayerNorm(embed_size)
        self.attn = nn.ModuleDict({"c_attn": InOut(embed_size, 3 * embed_size), "c_proj": InOut(embed_size, embed_size)})
        self.mlp = nn.ModuleDict({"c_fc": InOut(embed_size, hidden_size), "c_proj": InOut(hidden_size, embed_size)})

    def attention(self, n):
        q, k, v = (t.unflatten(-1, (self.heads, -1)).transpose(1, 2) for t in self.attn["c_attn"](n).chunk(3, dim=-1))
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.attn["c_proj"](mixed.transpose(1, 2).flatten(-2))

    def forward(self, x):
        x = x + self.attention(self.ln_1(x))
        x = x + self.mlp["c_proj"](F.gelu(self.mlp["c_fc"](self.ln_2(x)), approximate="tanh"))
        return x
