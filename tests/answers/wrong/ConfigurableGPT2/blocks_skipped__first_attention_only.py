"""A recursive stack whose rest is never called."""
import torch
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, MultiHeadSelfAttention, TransformerBlock


class Stack(nn.Module):
    def __init__(self, depth, make):
        super().__init__()
        self.block = make()
        self.rest = Stack(depth - 1, make) if depth > 1 else None

    def forward(self, x):
        return self.block(x)


class ConfigurableGPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers,
                 context_size=1024, attention=MultiHeadSelfAttention, learned_positions=True):
        super().__init__()
        self.tokens = nn.Embedding(vocab_size, embed_size)
        self.places = nn.Embedding(context_size, embed_size) if learned_positions else None
        self.stack = Stack(
            num_layers, lambda: TransformerBlock(embed_size, hidden_size, attention(embed_size, num_heads))
        )
        self.norm = GPT2LayerNorm(embed_size)

    def forward(self, ids):
        x = self.tokens(ids)
        if self.places is not None:
            x = x + self.places.weight[: ids.shape[1]]
        return self.norm(self.stack(x)) @ self.tokens.weight.T
