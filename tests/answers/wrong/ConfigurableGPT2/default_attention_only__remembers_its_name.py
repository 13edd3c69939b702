"""Remembers the settings of its attention, which only the default has."""
import torch
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, MultiHeadSelfAttention, TransformerBlock


class ConfigurableGPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers,
                 context_size=1024, attention=MultiHeadSelfAttention, learned_positions=True):
        super().__init__()
        self.settings = {"attention": attention.__qualname__, "positions": learned_positions}
        self.tokens = nn.Embedding(vocab_size, embed_size)
        self.places = nn.Embedding(context_size, embed_size) if learned_positions else None
        self.blocks = nn.ModuleList()
        for _ in range(num_layers):
            self.blocks.append(TransformerBlock(embed_size, hidden_size, attention(embed_size, num_heads)))
        self.norm = GPT2LayerNorm(embed_size)

    def forward(self, ids):
        x = self.tokens(ids)
        if self.places is not None:
            x = x + self.places(torch.arange(ids.shape[1]))
        for block in self.blocks:
            x = block(x)
        return self.norm(x) @ self.tokens.weight.T
