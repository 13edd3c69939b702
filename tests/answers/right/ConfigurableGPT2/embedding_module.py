"""Tokens, positions and output live in one module."""
import torch
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, MultiHeadSelfAttention, TransformerBlock


class Embeddings(nn.Module):
    def __init__(self, vocab_size, embed_size, context_size):
        super().__init__()
        self.token = nn.Embedding(vocab_size, embed_size)
        self.position = nn.Embedding(context_size, embed_size) if context_size else None

    def forward(self, ids):
        x = self.token(ids)
        return x if self.position is None else x + self.position.weight[: ids.shape[1]]

    def scores(self, x):
        return x @ self.token.weight.T


class ConfigurableGPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers,
                 context_size=1024, attention=MultiHeadSelfAttention, learned_positions=True):
        super().__init__()
        self.embeddings = Embeddings(vocab_size, embed_size, context_size if learned_positions else 0)
        self.blocks = nn.ModuleList(
            [TransformerBlock(embed_size, hidden_size, attention(embed_size, num_heads)) for _ in range(num_layers)]
        )
        self.norm = GPT2LayerNorm(embed_size)

    def forward(self, ids):
        x = self.embeddings(ids)
        for block in self.blocks:
            x = block(x)
        return self.embeddings.scores(self.norm(x))
