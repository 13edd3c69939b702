"""Dropout layers everywhere, off in evaluation."""
import torch
from torch import nn

from gpt2_ref.model import MultiHeadSelfAttention


class Block(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(embed_size), nn.LayerNorm(embed_size)
        self.attn = attention
        self.mlp = nn.Sequential(
            nn.Linear(embed_size, hidden_size), nn.GELU(approximate="tanh"), nn.Linear(hidden_size, embed_size),
            nn.Dropout(0.1),
        )
        self.drop = nn.Dropout(0.1)

    def forward(self, x):
        x = x + self.drop(self.attn(self.ln_1(x)))
        return x + self.mlp(self.ln_2(x))


class ConfigurableGPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers,
                 context_size=1024, attention=MultiHeadSelfAttention, learned_positions=True):
        super().__init__()
        self.wte = nn.Embedding(vocab_size, embed_size)
        self.wpe = nn.Embedding(context_size, embed_size) if learned_positions else None
        self.drop = nn.Dropout(0.1)
        self.h = nn.ModuleList([Block(embed_size, hidden_size, attention(embed_size, num_heads)) for _ in range(num_layers)])
        self.ln_f = nn.LayerNorm(embed_size)

    def forward(self, ids):
        x = self.wte(ids)
        if self.wpe is not None:
            x = x + self.wpe(torch.arange(ids.shape[1]))
        x = self.drop(x)
        for block in self.h:
            x = block(x)
        return self.ln_f(x) @ self.wte.weight.T
