"""functools.reduce runs the blocks."""
from functools import reduce

import torch
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, MultiHeadSelfAttention, TransformerBlock


class ConfigurableGPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers,
                 context_size=1024, attention=MultiHeadSelfAttention, learned_positions=True):
        super().__init__()
        self.tables = nn.ModuleDict({"token": nn.Embedding(vocab_size, embed_size)})
        if learned_positions:
            self.tables["position"] = nn.Embedding(context_size, embed_size)
        self.blocks = nn.ModuleDict(
            {
                f"layer {n}": TransformerBlock(embed_size, hidden_size, attention(embed_size, num_heads))
                for n in range(num_layers)
            }
        )
        self.norm = GPT2LayerNorm(embed_size)

    def forward(self, ids):
        x = self.tables["token"](ids)
        if "position" in self.tables:
            x = x + self.tables["position"](torch.arange(ids.shape[1]))
        x = reduce(lambda stream, block: block(stream), self.blocks.values(), x)
        return self.norm(x) @ self.tables["token"].weight.T
