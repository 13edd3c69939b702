"""GELU without 1 +."""
import math

import torch
from torch import nn

from gpt2_ref import GPT2LayerNorm, MultiHeadSelfAttention


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.ln1 = GPT2LayerNorm(embed_size)
        self.ln2 = GPT2LayerNorm(embed_size)
        self.attn = MultiHeadSelfAttention(embed_size, num_heads)
        self.up, self.down = nn.Linear(embed_size, hidden_size), nn.Linear(hidden_size, embed_size)

    def forward(self, x):
        x = x + self.attn(self.ln1(x))
        h = self.up(self.ln2(x))
        h = 0.5 * h * torch.tanh(math.sqrt(2 / math.pi) * (h + 0.044715 * h**3))
        return x + self.down(h)
