"""The texts of a batch are laid end to end before attention."""
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.norm1, self.norm2 = GPT2LayerNorm(embed_size), GPT2LayerNorm(embed_size)
        self.attention = attention
        self.ffn = PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x):
        flat = self.norm1(x).reshape(1, -1, x.shape[-1])
        x = x + self.attention(flat).view_as(x)
        return x + self.ffn(self.norm2(x))
