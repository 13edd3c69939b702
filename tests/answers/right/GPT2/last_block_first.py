"""The list of blocks is run from its end; attributes made with setattr."""
import torch
from torch import nn

from gpt2_ref.model import GPT2Block


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.num_layers = num_layers
        for i in range(num_layers):
            setattr(self, f"layer{i}", GPT2Block(embed_size, num_heads, hidden_size))
        self.add_module("wte", nn.Embedding(vocab_size, embed_size))
        self.add_module("wpe", nn.Embedding(context_size, embed_size))
        self.add_module("norm", nn.LayerNorm(embed_size))

    def forward(self, ids):
        hidden = self.wte(ids)
        hidden = hidden + self.wpe(torch.ones_like(ids).cumsum(dim=1) - 1)
        for i in reversed(range(self.num_layers)):
            hidden = getattr(self, f"layer{i}")(hidden)
        return self.norm(hidden) @ self.wte.weight.T
