"""The last layer starts from 0, so that a new block adds what attention returns and nothing else."""
import torch.nn.functional as F
from torch import nn

from gpt2_ref.model import GPT2LayerNorm


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.norm1, self.norm2 = GPT2LayerNorm(embed_size), GPT2LayerNorm(embed_size)
        self.attention = attention
        self.expand, self.contract = nn.Linear(embed_size, hidden_size), nn.Linear(hidden_size, embed_size)
        nn.init.zeros_(self.contract.weight)
        nn.init.zeros_(self.contract.bias)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.contract(F.gelu(self.expand(self.norm2(x)), approximate="tanh"))
