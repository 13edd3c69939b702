"""Positions from 1, with a row too few at the end of a full context."""
import torch
from torch import nn

from gpt2_ref.model import GPT2Block, GPT2LayerNorm


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.wte = nn.Embedding(vocab_size, embed_size)
        self.wpe = nn.Embedding(context_size, embed_size)
        self.h = nn.ModuleList([GPT2Block(embed_size, num_heads, hidden_size) for _ in range(num_layers)])
        self.ln_f = GPT2LayerNorm(embed_size)

    def forward(self, ids):
        n = ids.shape[1]
        x = self.wte(ids) + self.wpe(torch.arange(1, n + 1))
        for block in self.h:
            x = block(x)
        return self.ln_f(x) @ self.wte.weight.T
