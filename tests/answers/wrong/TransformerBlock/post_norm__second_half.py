"""The first half is right, the second one normalises its sum."""
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.ln1, self.ln2 = GPT2LayerNorm(embed_size), GPT2LayerNorm(embed_size)
        self.attention = attention
        self.ffn = PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x):
        x = x + self.attention(self.ln1(x))
        return self.ln2(x + self.ffn(x))
