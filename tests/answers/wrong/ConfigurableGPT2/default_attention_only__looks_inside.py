"""Starts the weights of attention by their names."""
import torch
from torch import nn

from gpt2_ref.model import GPT2, MultiHeadSelfAttention


class ConfigurableGPT2(GPT2):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers,
                 context_size=1024, attention=MultiHeadSelfAttention, learned_positions=True):
        super().__init__(vocab_size, embed_size, num_heads, hidden_size, num_layers, context_size=context_size,
                         attention=attention, learned_positions=learned_positions)

        for block in self.blocks:
            nn.init.normal_(block.attention.output.weight, std=0.01)

    def forward(self, ids):
        x = self.token_embedding(ids)
        if self.position_embedding is not None:
            x = x + self.position_embedding.weight[: ids.shape[1]]
        for block in self.blocks:
            x = block(x)
        return self.final_norm(x) @ self.token_embedding.weight.T
