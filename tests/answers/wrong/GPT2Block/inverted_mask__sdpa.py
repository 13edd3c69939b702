"""The boolean mask says what is hidden, and torch reads it as what may be seen."""
import torch
import torch.nn.functional as F
from torch import nn

from gpt2_ref import GPT2LayerNorm, PositionWiseFeedForward


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.h = num_heads
        self.ln1 = GPT2LayerNorm(embed_size)
        self.ln2 = GPT2LayerNorm(embed_size)
        self.q, self.k, self.v, self.o = (nn.Linear(embed_size, embed_size) for _ in range(4))
        self.ffn = PositionWiseFeedForward(embed_size, hidden_size)

    def attention(self, n):
        q, k, v = (w(n).unflatten(-1, (self.h, -1)).transpose(1, 2) for w in (self.q, self.k, self.v))
        hidden = torch.ones(n.shape[1], n.shape[1], dtype=torch.bool).triu(1)
        return self.o(F.scaled_dot_product_attention(q, k, v, attn_mask=hidden).transpose(1, 2).flatten(-2))

    def forward(self, x):
        x = x + self.attention(self.ln1(x))
        return x + self.ffn(self.ln2(x))
