"""Normalised at the end, but without scale and shift."""
import torch
import torch.nn.functional as F
from torch import nn

from gpt2_ref.model import GPT2Block


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.tokens = nn.Embedding(vocab_size, embed_size)
        self.positions = nn.Embedding(context_size, embed_size)
        self.blocks = nn.Sequential(*[GPT2Block(embed_size, num_heads, hidden_size) for _ in range(num_layers)])

    def forward(self, ids):
        x = self.blocks(self.tokens(ids) + self.positions(torch.arange(ids.shape[1])))
        return F.layer_norm(x, x.shape[-1:]) @ self.tokens.weight.T
