"""weight.data is assigned: two parameters over one memory."""
import torch
from torch import nn

from gpt2_ref.model import GPT2Block, GPT2LayerNorm, GPT2OutputLayer


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.token_embedding = nn.Embedding(vocab_size, embed_size)
        self.position_embedding = nn.Embedding(context_size, embed_size)
        self.blocks = nn.ModuleList([GPT2Block(embed_size, num_heads, hidden_size) for _ in range(num_layers)])
        self.final_norm = GPT2LayerNorm(embed_size)
        self.output = GPT2OutputLayer(embed_size, vocab_size)
        self.output.weight.data = self.token_embedding.weight.data

    def forward(self, ids):
        x = self.token_embedding(ids) + self.position_embedding(torch.arange(ids.shape[1]))
        for block in self.blocks:
            x = block(x)
        return self.output(self.final_norm(x))
