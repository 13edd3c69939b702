"""No output layer: the hidden states times the transposed table."""
import torch
from torch import nn

from gpt2_ref.model import GPT2Block


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.tokens = nn.Embedding(vocab_size, embed_size)
        self.places = nn.Parameter(torch.zeros(1, context_size, embed_size))
        self.layers = nn.ModuleList(GPT2Block(embed_size, num_heads, hidden_size) for _ in range(num_layers))
        self.final = nn.LayerNorm(embed_size)

    def forward(self, ids):
        x = self.tokens(ids) + self.places[:, : ids.size(1)]
        for layer in self.layers:
            x = layer(x)
        return self.final(x) @ self.tokens.weight.T
