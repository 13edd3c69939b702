"""Both halves read the stream as it came."""
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.attention = attention
        self.feed_forward = PositionWiseFeedForward(embed_size, hidden_size)
        self.norm1, self.norm2 = GPT2LayerNorm(embed_size), GPT2LayerNorm(embed_size)

    def forward(self, x):
        return x + self.attention(self.norm1(x)) + self.feed_forward(self.norm2(x))
