"""The token table is kept as (embed, vocab), ready for the output."""
import torch
import torch.nn.functional as F
from torch import nn

from gpt2_ref.model import GPT2Block, GPT2LayerNorm


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.columns = nn.Parameter(torch.randn(embed_size, vocab_size) * 0.02)
        self.position_columns = nn.Parameter(torch.randn(embed_size, context_size) * 0.02)
        self.blocks = nn.ModuleList([GPT2Block(embed_size, num_heads, hidden_size) for _ in range(num_layers)])
        self.norm = GPT2LayerNorm(embed_size)

    def forward(self, ids):
        x = F.embedding(ids, self.columns.T) + self.position_columns[:, : ids.shape[1]].T
        for block in self.blocks:
            x = block(x)
        return self.norm(x) @ self.columns
