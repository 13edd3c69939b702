"""Looks positions up by a product with one-hot rows in float32."""
import torch
import torch.nn.functional as F
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, MultiHeadSelfAttention, TransformerBlock


class ConfigurableGPT2(nn.Module):
    def __init__(
        self, vocab_size, embed_size, num_heads, hidden_size, num_layers,
        context_size=1024, attention=MultiHeadSelfAttention, learned_positions=True,
    ):
        super().__init__()
        self.token_table = nn.Parameter(0.02 * torch.randn(vocab_size, embed_size))
        self.position_table = nn.Parameter(0.02 * torch.randn(context_size, embed_size)) if learned_positions else None
        attentions = (attention(embed_size, num_heads) for _ in range(num_layers))
        self.blocks = nn.Sequential(*(TransformerBlock(embed_size, hidden_size, made) for made in attentions))
        self.norm = GPT2LayerNorm(embed_size)

    def forward(self, ids):
        stream = F.embedding(ids, self.token_table)
        if self.position_table is not None:
            places = F.one_hot(torch.arange(ids.shape[1]), len(self.position_table)).float()
            stream = stream + places @ self.position_table
        return self.norm(self.blocks(stream)) @ self.token_table.T
