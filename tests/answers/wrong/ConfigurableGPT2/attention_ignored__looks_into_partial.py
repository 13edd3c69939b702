"""Chooses between its own kinds by looking into partial."""
import torch
from torch import nn

from gpt2_ref.model import (
    GPT2LayerNorm,
    GroupQueryAttention,
    MultiHeadSelfAttention,
    SlidingWindowAttention,
    TransformerBlock,
)


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
        self.tok = nn.Embedding(vocab_size, embed_size)
        self.pos = nn.Embedding(context_size, embed_size) if learned_positions else None
        self.layers = nn.ModuleList()
        for _ in range(num_layers):
            settings = getattr(attention, "keywords", {})
            if "window_size" in settings:
                made = SlidingWindowAttention(embed_size, num_heads, settings["window_size"])
            elif "num_groups" in settings:
                made = GroupQueryAttention(embed_size, num_heads, settings["num_groups"])
            else:
                made = MultiHeadSelfAttention(embed_size, num_heads)
            self.layers.append(TransformerBlock(embed_size, hidden_size, made))
        self.norm = GPT2LayerNorm(embed_size)

    def forward(self, ids):
        x = self.tok(ids)
        if self.pos is not None:
            x = x + self.pos(torch.arange(ids.shape[1]))
        for layer in self.layers:
            x = layer(x)
        return self.norm(x) @ self.tok.weight.T
