"""The blocks are made from the last to the first."""
import torch
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, MultiHeadSelfAttention, TransformerBlock


class ConfigurableGPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers,
                 context_size=1024, attention=MultiHeadSelfAttention, learned_positions=True):
        super().__init__()
        self.norm = GPT2LayerNorm(embed_size)
        self.blocks = nn.ModuleList()
        while len(self.blocks) < num_layers:
            self.blocks.insert(0, TransformerBlock(embed_size, hidden_size, attention(embed_size, num_heads)))
        self.wpe = nn.Embedding(context_size, embed_size) if learned_positions else None
        self.wte = nn.Embedding(vocab_size, embed_size)

    def forward(self, ids):
        x = self.wte(ids)
        x = x if self.wpe is None else x + self.wpe(torch.arange(ids.shape[1]))
        for block in self.blocks:
            x = block(x)
        return self.norm(x) @ self.wte.weight.T
