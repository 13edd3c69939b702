"""Sinusoids in a buffer, as in the first transformer."""
import torch
from torch import nn

from gpt2_ref.model import GPT2Block, GPT2LayerNorm


def waves(length, width):
    place = torch.arange(length)[:, None]
    rate = torch.exp(-torch.arange(0, width, 2) / width * torch.log(torch.tensor(10000.0)))
    table = torch.zeros(length, width)
    table[:, 0::2], table[:, 1::2] = torch.sin(place * rate), torch.cos(place * rate)
    return table


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.tokens = nn.Embedding(vocab_size, embed_size)
        self.register_buffer("waves", waves(context_size, embed_size))
        self.blocks = nn.ModuleList([GPT2Block(embed_size, num_heads, hidden_size) for _ in range(num_layers)])
        self.norm = GPT2LayerNorm(embed_size)

    def forward(self, ids):
        x = self.tokens(ids) + self.waves[: ids.shape[1]]
        for block in self.blocks:
            x = block(x)
        return self.norm(x) @ self.tokens.weight.T
