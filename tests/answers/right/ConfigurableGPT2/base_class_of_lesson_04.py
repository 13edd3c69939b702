"""A GPT2 in the style of lesson 04 whose blocks and positions are exchanged."""
import torch
from torch import nn

from gpt2_ref.model import GPT2Block, GPT2LayerNorm, MultiHeadSelfAttention, TransformerBlock


class GPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=1024):
        super().__init__()
        self.token_embedding = nn.Embedding(vocab_size, embed_size)
        self.position_embedding = nn.Embedding(context_size, embed_size)
        self.blocks = nn.ModuleList(GPT2Block(embed_size, num_heads, hidden_size) for _ in range(num_layers))
        self.final_norm = GPT2LayerNorm(embed_size)

    def embed(self, ids):
        return self.token_embedding(ids) + self.position_embedding(torch.arange(ids.shape[1]))

    def forward(self, ids):
        x = self.embed(ids)
        for block in self.blocks:
            x = block(x)
        return self.final_norm(x) @ self.token_embedding.weight.T


class ConfigurableGPT2(GPT2):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers,
                 context_size=1024, attention=MultiHeadSelfAttention, learned_positions=True):
        super().__init__(vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size)
        for number in range(num_layers):
            self.blocks[number] = TransformerBlock(embed_size, hidden_size, attention(embed_size, num_heads))
        if not learned_positions:
            self.position_embedding = None

    def embed(self, ids):
        return self.token_embedding(ids) if self.position_embedding is None else super().embed(ids)
