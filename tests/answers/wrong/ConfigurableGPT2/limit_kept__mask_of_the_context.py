"""A mask as long as the context, made by the model, refuses longer texts."""
import torch
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, MultiHeadSelfAttention, PositionWiseFeedForward


class Layer(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.attention, self.ffn = attention, PositionWiseFeedForward(embed_size, hidden_size)
        self.a, self.b = GPT2LayerNorm(embed_size), GPT2LayerNorm(embed_size)

    def forward(self, x, keep):
        x = x + self.attention(self.a(x)) * keep[: x.shape[1], None]
        return x + self.ffn(self.b(x))


class ConfigurableGPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers,
                 context_size=1024, attention=MultiHeadSelfAttention, learned_positions=True):
        super().__init__()
        self.register_buffer("keep", torch.ones(context_size))
        self.tokens = nn.Embedding(vocab_size, embed_size)
        self.places = nn.Embedding(context_size, embed_size) if learned_positions else None
        self.layers = nn.ModuleList(
            Layer(embed_size, hidden_size, attention(embed_size, num_heads)) for _ in range(num_layers)
        )
        self.norm = GPT2LayerNorm(embed_size)

    def forward(self, ids):
        x = self.tokens(ids)
        if self.places is not None:
            x = x + self.places(torch.arange(ids.shape[1]))
        for layer in self.layers:
            x = layer(x, self.keep)
        return self.norm(x) @ self.tokens.weight.T
