"""The learner's own feed-forward layer is the fault."""
import torch
from torch import nn

from gpt2_ref import GPT2LayerNorm, MultiHeadSelfAttention


class FeedForward(nn.Module):
    def __init__(self, n, m):
        super().__init__()
        self.a, self.b = nn.Parameter(torch.randn(n, m) * 0.1), nn.Parameter(torch.randn(m, n) * 0.1)

    def forward(self, x):
        return (x @ self.a).relu() @ self.b


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.ln1 = GPT2LayerNorm(embed_size)
        self.ln2 = GPT2LayerNorm(embed_size)
        self.attn = MultiHeadSelfAttention(embed_size, num_heads)
        self.ffn = FeedForward(embed_size, hidden_size)

    def forward(self, x):
        x = x + self.attn(self.ln1(x))
        return x + self.ffn(self.ln2(x))
