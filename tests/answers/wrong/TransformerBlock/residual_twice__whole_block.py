"""The block adds its input once more at the end."""
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.attention = attention
        self.n1, self.n2 = GPT2LayerNorm(embed_size), GPT2LayerNorm(embed_size)
        self.f = PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x):
        residual = x
        x = x + self.attention(self.n1(x))
        x = x + self.f(self.n2(x))
        return x + residual
