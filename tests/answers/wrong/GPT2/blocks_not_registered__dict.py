"""A plain dict of blocks; the last norm lies in it, too."""
import torch
from torch import nn

from gpt2_ref.model import GPT2Block


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.wte = nn.Embedding(vocab_size, embed_size)
        self.wpe = nn.Embedding(context_size, embed_size)
        self.layers = {i: GPT2Block(embed_size, num_heads, hidden_size) for i in range(num_layers)}
        self.layers["last"] = nn.LayerNorm(embed_size)

    def forward(self, ids):
        x = self.wte(ids) + self.wpe(torch.arange(ids.shape[1]))
        for layer in self.layers.values():
            x = layer(x)
        return x @ self.wte.weight.T
