"""The branches are multiplied by a frozen parameter that is 1."""
import torch
from torch import nn

from gpt2_ref import GPT2LayerNorm, MultiHeadSelfAttention, PositionWiseFeedForward


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.ln1, self.ln2 = GPT2LayerNorm(embed_size), GPT2LayerNorm(embed_size)
        self.attn = MultiHeadSelfAttention(embed_size, num_heads)
        self.ffn = PositionWiseFeedForward(embed_size, hidden_size)
        self.alpha = nn.Parameter(torch.ones(1), requires_grad=False)

    def forward(self, x):
        x = x + self.alpha * self.attn(self.ln1(x))
        return x + self.alpha * self.ffn(self.ln2(x))
