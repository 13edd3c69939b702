"""Blocks are computed again on the way back."""
import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

from gpt2_ref.model import GPT2LayerNorm, MultiHeadSelfAttention, TransformerBlock


class ConfigurableGPT2(nn.Module):
    def __init__(
        self, vocab_size, embed_size, num_heads, hidden_size, num_layers,
        context_size=1024, attention=MultiHeadSelfAttention, learned_positions=True,
    ):
        super().__init__()
        self.tokens = nn.Embedding(vocab_size, embed_size)
        self.positions = nn.Embedding(context_size, embed_size) if learned_positions else None
        self.blocks = nn.ModuleList(
            TransformerBlock(embed_size, hidden_size, attention(embed_size, num_heads)) for _ in range(num_layers)
        )
        self.norm = GPT2LayerNorm(embed_size)

    def forward(self, ids):
        x = self.tokens(ids)
        if self.positions is not None:
            x = x + self.positions(torch.arange(ids.shape[1]))
        for block in self.blocks:
            x = checkpoint(block, x, use_reentrant=False) if torch.is_grad_enabled() else block(x)
        return self.norm(x) @ self.tokens.weight.T
