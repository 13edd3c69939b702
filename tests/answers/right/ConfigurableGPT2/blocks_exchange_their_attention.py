"""GPT2Blocks whose attention is replaced."""
import torch
from torch import nn

from gpt2_ref.model import GPT2Block, GPT2LayerNorm, MultiHeadSelfAttention


class ConfigurableGPT2(nn.Module):
    def __init__(self, vocab_size, embed_size, num_heads, hidden_size, num_layers,
                 context_size=1024, attention=MultiHeadSelfAttention, learned_positions=True):
        super().__init__()
        self.vectors = nn.Embedding(vocab_size, embed_size)
        self.places = nn.Parameter(torch.randn(1, context_size, embed_size) / 50) if learned_positions else None
        self.stack = nn.Sequential()
        for _ in range(num_layers):
            block = GPT2Block(embed_size, num_heads, hidden_size)
            block.attention = attention(embed_size, num_heads)
            self.stack.append(block)
        self.norm = GPT2LayerNorm(embed_size)

    def forward(self, ids):
        stream = self.vectors(ids)
        if self.places is not None:
            stream = stream + self.places[:, : ids.shape[1]]
        return torch.einsum("bse, ve -> bsv", self.norm(self.stack(stream)), self.vectors.weight)
