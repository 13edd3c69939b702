"""The last norm is made and its result dropped."""
import torch
from torch import nn

from gpt2_ref.model import GPT2Block, GPT2OutputLayer


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.tokens = nn.Embedding(vocab_size, embed_size)
        self.positions = nn.Embedding(context_size, embed_size)
        self.blocks = nn.Sequential(*[GPT2Block(embed_size, num_heads, hidden_size) for _ in range(num_layers)])
        self.norm = nn.LayerNorm(embed_size)
        self.output = GPT2OutputLayer(embed_size, vocab_size)
        self.output.weight = self.tokens.weight

    def forward(self, ids):
        x = self.blocks(self.tokens(ids) + self.positions(torch.arange(ids.shape[1])))
        self.norm(x)
        return self.output(x)
