"""One linear layer too many in the feed-forward half."""
import torch.nn.functional as F
from torch import nn

from gpt2_ref.model import GPT2LayerNorm


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.norm1, self.norm2 = GPT2LayerNorm(embed_size), GPT2LayerNorm(embed_size)
        self.attention = attention
        self.a = nn.Linear(embed_size, hidden_size)
        self.b = nn.Linear(hidden_size, hidden_size)
        self.c = nn.Linear(hidden_size, embed_size)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        h = F.gelu(self.a(self.norm2(x)), approximate="tanh")
        return x + self.c(F.gelu(self.b(h), approximate="tanh"))
