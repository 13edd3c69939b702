"""The embedding of id 0 is set to zero."""
import torch
from torch import nn

from gpt2_ref.model import GPT2Block, GPT2LayerNorm


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.tokens = nn.Embedding(vocab_size, embed_size)
        self.positions = nn.Embedding(context_size, embed_size)
        self.blocks = nn.ModuleList([GPT2Block(embed_size, num_heads, hidden_size) for _ in range(num_layers)])
        self.norm = GPT2LayerNorm(embed_size)

    def forward(self, ids):
        present = (ids != 0).unsqueeze(-1)
        x = self.tokens(ids) * present + self.positions(torch.arange(ids.shape[1]))
        for block in self.blocks:
            x = block(x)
        return self.norm(x) @ self.tokens.weight.T
