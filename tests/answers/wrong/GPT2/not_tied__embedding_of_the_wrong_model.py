"""Tied to the embedding of another object: a helper makes a second table."""
import torch
from torch import nn

from gpt2_ref.model import GPT2Block, GPT2LayerNorm


def make_embedding(vocab_size, embed_size):
    return nn.Embedding(vocab_size, embed_size)


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.tokens = make_embedding(vocab_size, embed_size)
        self.positions = nn.Parameter(torch.zeros(1, context_size, embed_size))
        self.blocks = nn.ModuleList([GPT2Block(embed_size, num_heads, hidden_size) for _ in range(num_layers)])
        self.norm = GPT2LayerNorm(embed_size)
        self.output_weight = make_embedding(vocab_size, embed_size).weight

    def forward(self, ids):
        x = self.tokens(ids) + self.positions[:, : ids.shape[1]]
        for block in self.blocks:
            x = block(x)
        return self.norm(x) @ self.output_weight.T
