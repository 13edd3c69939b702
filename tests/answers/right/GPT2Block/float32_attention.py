"""Attention is computed in float32 whatever comes in."""
import torch.nn.functional as F
from torch import nn

from gpt2_ref import GPT2LayerNorm, PositionWiseFeedForward


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.h = num_heads
        self.ln1, self.ln2 = GPT2LayerNorm(embed_size), GPT2LayerNorm(embed_size)
        self.qkv, self.o = nn.Linear(embed_size, 3 * embed_size), nn.Linear(embed_size, embed_size)
        self.ff = PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x):
        q, k, v = (t.unflatten(-1, (self.h, -1)).transpose(1, 2).float() for t in self.qkv(self.ln1(x)).chunk(3, -1))
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True).to(x.dtype)
        x = x + self.o(mixed.transpose(1, 2).flatten(2))
        return x + self.ff(self.ln2(x))
