"""The stack is a module that holds a block and the stack of the rest."""
import torch
from torch import nn

from gpt2_ref.model import GPT2Block, GPT2LayerNorm


class Stack(nn.Module):
    def __init__(self, depth, *sizes):
        super().__init__()
        self.block = GPT2Block(*sizes)
        self.rest = Stack(depth - 1, *sizes) if depth > 1 else nn.Identity()

    def forward(self, x):
        return self.rest(self.block(x))


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.tokens = nn.Embedding(vocab_size, embed_size)
        self.places = nn.Embedding(context_size, embed_size)
        self.stack = Stack(num_layers, embed_size, num_heads, hidden_size)
        self.norm = GPT2LayerNorm(embed_size)

    def forward(self, ids):
        x = self.stack(self.tokens(ids) + self.places.weight[: ids.shape[1]])
        return torch.einsum("...e, ve", self.norm(x), self.tokens.weight)
