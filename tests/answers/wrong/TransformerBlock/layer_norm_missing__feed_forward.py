"""Only attention's half normalises."""
import torch
from torch import nn


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.norm = nn.LayerNorm(embed_size)
        self.attention = attention
        self.up = nn.Linear(embed_size, hidden_size)
        self.down = nn.Linear(hidden_size, embed_size)

    def forward(self, x):
        x = x + self.attention(self.norm(x))
        return x + self.down(torch.nn.functional.gelu(self.up(x), approximate="tanh"))
