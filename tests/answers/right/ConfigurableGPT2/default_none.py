"""attention=None stands for causal attention."""
import torch
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, MultiHeadSelfAttention, TransformerBlock


class ConfigurableGPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers,
                 context_size=1024, attention=None, learned_positions=True):
        super().__init__()
        make = MultiHeadSelfAttention if attention is None else attention
        self.tokens = nn.Embedding(vocab_size, embed_size)
        self.places = nn.Embedding(context_size, embed_size) if learned_positions else None
        self.blocks = nn.Sequential(
            *(TransformerBlock(embed_size, hidden_size, make(embed_size, num_heads)) for _ in range(num_layers))
        )
        self.norm = GPT2LayerNorm(embed_size)

    def forward(self, ids):
        x = self.tokens(ids)
        if self.places:
            x = x + self.places(torch.arange(ids.shape[1]))
        return self.norm(self.blocks(x)) @ self.tokens.weight.T
