"""Wants one settings object."""
from torch import nn

from gpt2_ref import GPT2LayerNorm, MultiHeadSelfAttention, PositionWiseFeedForward


class GPT2Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.ln1 = GPT2LayerNorm(config.n_embd)
        self.attn = MultiHeadSelfAttention(config.n_embd, config.n_head)
        self.ln2 = GPT2LayerNorm(config.n_embd)
        self.ffn = PositionWiseFeedForward(config.n_embd, config.n_inner)

    def forward(self, x):
        x = x + self.attn(self.ln1(x))
        return x + self.ffn(self.ln2(x))
