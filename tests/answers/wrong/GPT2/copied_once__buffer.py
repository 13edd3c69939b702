"""The transposed table is kept as a buffer."""
import torch
from torch import nn

from gpt2_ref.model import GPT2Block


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.wte = nn.Embedding(vocab_size, embed_size)
        self.wpe = nn.Embedding(context_size, embed_size)
        self.blocks = nn.ModuleList([GPT2Block(embed_size, num_heads, hidden_size) for _ in range(num_layers)])
        self.norm = nn.LayerNorm(embed_size)
        self.register_buffer("into_vocab", self.wte.weight.detach().clone().T)

    def forward(self, ids):
        x = self.wte(ids) + self.wpe(torch.arange(ids.shape[1]))
        for block in self.blocks:
            x = block(x)
        return self.norm(x) @ self.into_vocab
