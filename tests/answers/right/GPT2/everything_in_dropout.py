"""Dropout in every usual place, and F.linear with the table."""
import torch
import torch.nn.functional as F
from torch import nn

from gpt2_ref.model import GPT2Block, GPT2LayerNorm


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024, dropout=0.1):
        super().__init__()
        self.context_size = context_size
        self.embedding = nn.ModuleDict(
            {"token": nn.Embedding(vocab_size, embed_size), "position": nn.Embedding(context_size, embed_size)}
        )
        self.drop = nn.Dropout(dropout)
        self.blocks = nn.ModuleDict(
            {f"block_{i}": GPT2Block(embed_size, num_heads, hidden_size) for i in range(num_layers)}
        )
        self.norm = GPT2LayerNorm(embed_size)

    def forward(self, ids, targets=None):
        assert ids.shape[1] <= self.context_size, "the text is longer than the context"
        x = self.embedding["token"](ids)
        x = x + self.embedding["position"](torch.arange(ids.shape[1]))
        x = self.drop(x)
        for name, block in self.blocks.items():
            x = self.drop(block(x))
        return F.linear(self.norm(x), self.embedding["token"].weight)
