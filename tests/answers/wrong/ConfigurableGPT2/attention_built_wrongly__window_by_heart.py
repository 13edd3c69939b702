"""Gives every attention a window, which the default does not know."""
import torch
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, GPT2OutputLayer, MultiHeadSelfAttention, TransformerBlock


class ConfigurableGPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024,
                 attention=MultiHeadSelfAttention, learned_positions=True, window_size=256):
        super().__init__()
        self.wte = nn.Embedding(vocab_size, embed_size)
        self.wpe = nn.Embedding(context_size, embed_size) if learned_positions else None

        def make():
            if attention is MultiHeadSelfAttention:
                return attention(embed_size, num_heads)
            return attention(embed_size, num_heads, window_size)

        self.stack = nn.Sequential(*[TransformerBlock(embed_size, hidden_size, make()) for _ in range(num_layers)])
        self.norm = GPT2LayerNorm(embed_size)
        self.head = GPT2OutputLayer(embed_size, vocab_size)
        self.head.weight = self.wte.weight

    def forward(self, ids):
        x = self.wte(ids)
        if self.wpe is not None:
            x = x + self.wpe.weight[: ids.size(1)]
        return self.head(self.norm(self.stack(x)))
