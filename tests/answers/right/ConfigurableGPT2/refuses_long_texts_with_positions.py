"""A clear error for a text that is too long, where there are positions to run out of."""
import torch
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, MultiHeadSelfAttention, TransformerBlock


class ConfigurableGPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers,
                 context_size=1024, attention=MultiHeadSelfAttention, learned_positions=True):
        super().__init__()
        self.context_size = context_size if learned_positions else float("inf")
        self.token = nn.Embedding(vocab_size, embed_size)
        self.position = nn.Embedding(context_size, embed_size) if learned_positions else None
        self.blocks = nn.ModuleList(
            TransformerBlock(embed_size, hidden_size, attention(embed_size, num_heads)) for _ in range(num_layers)
        )
        self.norm = GPT2LayerNorm(embed_size)

    def forward(self, ids):
        length = ids.shape[1]
        if length > self.context_size:
            raise ValueError(f"{length} tokens are more than {self.context_size}")
        x = self.token(ids)
        if self.position is not None:
            x = x + self.position(torch.arange(length))
        for block in self.blocks:
            x = block(x)
        return self.norm(x) @ self.token.weight.T
