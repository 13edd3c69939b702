"""The feed-forward layer also reads the mean of the text."""
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.norm1, self.norm2 = GPT2LayerNorm(embed_size), GPT2LayerNorm(embed_size)
        self.attention = attention
        self.ffn = PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        n = self.norm2(x)
        return x + self.ffn(n + n.mean(dim=1, keepdim=True))
