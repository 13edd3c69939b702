"""A feed-forward layer without biases."""
import torch
from torch import nn

from gpt2_ref.model import GPT2LayerNorm


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.norms = nn.ModuleList([GPT2LayerNorm(embed_size), GPT2LayerNorm(embed_size)])
        self.attention = attention
        self.widen = nn.Linear(embed_size, hidden_size, bias=False)
        self.narrow = nn.Linear(hidden_size, embed_size, bias=False)

    def forward(self, x):
        x = x + self.attention(self.norms[0](x))
        bent = torch.nn.functional.gelu(self.widen(self.norms[1](x)), approximate="tanh")
        return x + self.narrow(bent)
