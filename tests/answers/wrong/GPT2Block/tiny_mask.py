"""Hidden scores are set to -1e-9."""
import torch
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
        scores = q @ k.mT / q.shape[-1] ** 0.5
        scores = scores.masked_fill(torch.ones(n.shape[1], n.shape[1]).triu(1).bool(), -1e-9)
        return self.o((scores.softmax(-1) @ v).transpose(1, 2).flatten(-2))

    def forward(self, x):
        x = x + self.attention(self.ln1(x))
        return x + self.ffn(self.ln2(x))
