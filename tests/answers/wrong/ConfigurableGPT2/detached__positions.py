"""Adds positions without their gradient."""
import torch
import torch.nn.functional as F
from torch import nn

from gpt2_ref.model import MultiHeadSelfAttention


class Block(nn.Module):
    def __init__(self, embed_size, hidden_size, attn):
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(embed_size), nn.LayerNorm(embed_size)
        self.attn = attn
        self.c_fc, self.c_proj = nn.Linear(embed_size, hidden_size), nn.Linear(hidden_size, embed_size)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.c_proj(F.gelu(self.c_fc(self.ln_2(x)), approximate="tanh"))


class ConfigurableGPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers,
                 context_size=1024, attention=MultiHeadSelfAttention, learned_positions=True):
        super().__init__()
        self.learned_positions = learned_positions
        self.wte = nn.Embedding(vocab_size, embed_size)
        if learned_positions:
            self.wpe = nn.Embedding(context_size, embed_size)
        self.h = nn.Sequential(
            *[Block(embed_size, hidden_size, attention(embed_size, num_heads)) for _ in range(num_layers)]
        )
        self.ln_f = nn.LayerNorm(embed_size)

    def forward(self, ids):
        h = self.wte(ids)
        if self.learned_positions:
            h = h + self.wpe.weight.detach()[: ids.shape[1]]
        h = self.h(h)
        return self.ln_f(h) @ self.wte.weight.T
