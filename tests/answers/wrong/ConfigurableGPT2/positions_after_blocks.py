"""Positions come after the blocks."""
import torch
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, GPT2OutputLayer, MultiHeadSelfAttention, TransformerBlock


class ConfigurableGPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers,
                 context_size=1024, attention=MultiHeadSelfAttention, learned_positions=True):
        super().__init__()
        self.context_size = context_size
        self.token_embedding = nn.Embedding(vocab_size, embed_size)
        self.position_embedding = nn.Embedding(context_size, embed_size) if learned_positions else None
        self.blocks = nn.ModuleList(
            [TransformerBlock(embed_size, hidden_size, attention(embed_size, num_heads)) for _ in range(num_layers)]
        )
        self.final_norm = GPT2LayerNorm(embed_size)
        self.output = GPT2OutputLayer(embed_size, vocab_size)
        self.output.weight = self.token_embedding.weight

    def forward(self, ids):
        x = self.token_embedding(ids)
        for block in self.blocks:
            x = block(x)
        if self.position_embedding is not None:
            x = x + self.position_embedding(torch.arange(ids.shape[1]))
        return self.output(self.final_norm(x))
