"""Runs the sequences of a batch one after the other."""
import torch
from torch import nn

from gpt2_ref import GPT2LayerNorm, MultiHeadSelfAttention, PositionWiseFeedForward


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.ln1, self.ln2 = GPT2LayerNorm(embed_size), GPT2LayerNorm(embed_size)
        self.attn = MultiHeadSelfAttention(embed_size, num_heads)
        self.ffn = PositionWiseFeedForward(embed_size, hidden_size)

    def one(self, x):
        x = x + self.attn(self.ln1(x))
        return x + self.ffn(self.ln2(x))

    def forward(self, x):
        return torch.cat([self.one(text) for text in x.split(1)])
