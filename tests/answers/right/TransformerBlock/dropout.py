"""Dropout after both halves, as in GPT-2's training."""
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention, dropout=0.1):
        super().__init__()
        self.ln1, self.ln2 = GPT2LayerNorm(embed_size), GPT2LayerNorm(embed_size)
        self.attention = attention
        self.ffn = PositionWiseFeedForward(embed_size, hidden_size)
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        x = x + self.drop(self.attention(self.ln1(x)))
        x = x + self.drop(self.ffn(self.ln2(x)))
        return x
