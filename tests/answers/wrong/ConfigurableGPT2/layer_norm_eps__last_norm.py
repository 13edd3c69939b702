"""The last layer norm has an eps of 1e-6, those of the blocks have 1e-5."""

import torch
from torch import nn

from gpt2_ref.model import MultiHeadSelfAttention, TransformerBlock


class ConfigurableGPT2(nn.Module):
    def __init__(
        self,
        vocab_size,
        embed_size,
        num_heads,
        hidden_size,
        num_layers,
        context_size=1024,
        attention=MultiHeadSelfAttention,
        learned_positions=True,
    ):
        super().__init__()
        self.context_size = context_size
        self.tokens = nn.Embedding(vocab_size, embed_size)
        self.places = nn.Embedding(context_size, embed_size) if learned_positions else None
        layers = [TransformerBlock(embed_size, hidden_size, attention(embed_size, num_heads)) for _ in range(num_layers)]
        self.stack = nn.Sequential(*layers)
        self.last = nn.LayerNorm(embed_size, eps=1e-6)

    def forward(self, ids):
        x = self.tokens(ids)
        if self.places is not None:
            x = x + self.places(torch.arange(ids.shape[1], device=ids.device))
        return self.last(self.stack(x)) @ self.tokens.weight.T
