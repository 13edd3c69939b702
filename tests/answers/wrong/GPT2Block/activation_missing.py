"""No bend between the layers."""
from torch import nn

from gpt2_ref import GPT2LayerNorm, MultiHeadSelfAttention


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.ln1 = GPT2LayerNorm(embed_size)
        self.ln2 = GPT2LayerNorm(embed_size)
        self.attn = MultiHeadSelfAttention(embed_size, num_heads)
        self.mlp = nn.Sequential(nn.Linear(embed_size, hidden_size), nn.Linear(hidden_size, embed_size))

    def forward(self, x):
        x = x + self.attn(self.ln1(x))
        return x + self.mlp(self.ln2(x))
