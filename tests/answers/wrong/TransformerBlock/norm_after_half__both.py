"""The parts read x, and what they return is normalised."""
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.attention = attention
        self.ffn = PositionWiseFeedForward(embed_size, hidden_size)
        self.norm1, self.norm2 = GPT2LayerNorm(embed_size), GPT2LayerNorm(embed_size)

    def forward(self, x):
        x = x + self.norm1(self.attention(x))
        return x + self.norm2(self.ffn(x))
