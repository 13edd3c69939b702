"""The feed-forward half uses its matrix there and back."""
from torch import nn
from torch.nn import functional as F

from gpt2_ref import GPT2LayerNorm, MultiHeadSelfAttention


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.ln1 = GPT2LayerNorm(embed_size)
        self.ln2 = GPT2LayerNorm(embed_size)
        self.attn = MultiHeadSelfAttention(embed_size, num_heads)
        self.up = nn.Linear(embed_size, hidden_size)

    def forward(self, x):
        x = x + self.attn(self.ln1(x))
        return x + F.gelu(self.up(self.ln2(x)), approximate="tanh") @ self.up.weight
