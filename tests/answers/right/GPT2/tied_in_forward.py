"""The output layer is given the table's parameter each time forward runs."""
import torch
from torch import nn

from gpt2_ref.model import GPT2Block


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.emb = nn.Embedding(vocab_size, embed_size)
        self.pos = nn.Parameter(torch.randn(context_size, embed_size) * 0.01)
        self.blocks = nn.ModuleList([GPT2Block(embed_size, num_heads, hidden_size) for _ in range(num_layers)])
        self.ln = nn.LayerNorm(embed_size)
        self.out = nn.Linear(embed_size, vocab_size, bias=False)

    def forward(self, ids):
        self.out.weight = self.emb.weight
        x = self.emb(ids).add(self.pos.narrow(0, 0, ids.size(1)))
        for b in self.blocks:
            x = b(x)
        return self.out(self.ln(x))
