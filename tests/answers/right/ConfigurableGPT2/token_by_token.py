"""Slow on purpose: every position is computed from its own prefix."""
import torch
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, MultiHeadSelfAttention, TransformerBlock


class ConfigurableGPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers,
                 context_size=1024, attention=MultiHeadSelfAttention, learned_positions=True):
        super().__init__()
        self.tokens = nn.Embedding(vocab_size, embed_size)
        self.places = nn.Embedding(context_size, embed_size) if learned_positions else None
        self.blocks = nn.Sequential(
            *(TransformerBlock(embed_size, hidden_size, attention(embed_size, num_heads)) for _ in range(num_layers))
        )
        self.norm = GPT2LayerNorm(embed_size)

    def last(self, prefix):
        x = self.tokens(prefix)
        if self.places is not None:
            x = x + self.places.weight[: prefix.shape[1]]
        return self.norm(self.blocks(x))[:, -1] @ self.tokens.weight.T

    def forward(self, ids):
        return torch.stack([self.last(ids[:, : n + 1]) for n in range(ids.shape[1])], dim=1)
