"""x is overwritten by its normalised copy before it is added."""
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.before_attention = GPT2LayerNorm(embed_size)
        self.before_ffn = GPT2LayerNorm(embed_size)
        self.attention = attention
        self.ffn = PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x):
        x = self.before_attention(x)
        x = x + self.attention(x)
        x = self.before_ffn(x)
        x = x + self.ffn(x)
        return x
