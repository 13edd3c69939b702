"""The exact GELU inside."""
from torch import nn

from gpt2_ref import GPT2LayerNorm, MultiHeadSelfAttention


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.att = nn.Sequential(GPT2LayerNorm(embed_size), MultiHeadSelfAttention(embed_size, num_heads))
        self.mlp = nn.Sequential(
            GPT2LayerNorm(embed_size), nn.Linear(embed_size, hidden_size), nn.GELU(), nn.Linear(hidden_size, embed_size)
        )

    def forward(self, x):
        x = x + self.att(x)
        x = x + self.mlp(x)
        return x
