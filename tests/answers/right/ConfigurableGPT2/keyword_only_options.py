"""The options can be given by name only."""
import torch
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, GPT2OutputLayer, MultiHeadSelfAttention, TransformerBlock


class ConfigurableGPT2(nn.Module):
    def __init__(self, vocab_size: int, embed_size: int, num_heads: int, hidden_size: int, num_layers: int, *,
                 context_size: int = 1024, attention=MultiHeadSelfAttention, learned_positions: bool = True):
        super().__init__()

        def block():
            return TransformerBlock(embed_size, hidden_size, attention(embed_size, num_heads))

        self.blocks = nn.ModuleList([block() for _ in range(num_layers)])
        self.token_embedding = nn.Embedding(vocab_size, embed_size)
        self.learned = nn.ParameterList([torch.zeros(context_size, embed_size)] if learned_positions else [])
        for table in self.learned:
            nn.init.normal_(table, std=0.02)
        self.final_norm = GPT2LayerNorm(embed_size)
        self.output = GPT2OutputLayer(embed_size, vocab_size)
        self.output.weight = self.token_embedding.weight

    def forward(self, ids):
        x = self.token_embedding(ids) + sum(table[: ids.shape[1]] for table in self.learned)
        for block in self.blocks:
            x = block(x)
        return self.output(self.final_norm(x))
