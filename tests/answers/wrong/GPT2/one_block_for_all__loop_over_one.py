"""One block, run num_layers times."""
import torch
from torch import nn

from gpt2_ref.model import GPT2Block, GPT2LayerNorm


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.num_layers = num_layers
        self.tokens = nn.Embedding(vocab_size, embed_size)
        self.positions = nn.Embedding(context_size, embed_size)
        self.block = GPT2Block(embed_size, num_heads, hidden_size)
        self.norm = GPT2LayerNorm(embed_size)

    def forward(self, ids):
        x = self.tokens(ids) + self.positions(torch.arange(ids.shape[1]))
        for _ in range(self.num_layers):
            x = self.block(x)
        return self.norm(x) @ self.tokens.weight.T
