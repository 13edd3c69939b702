"""The second norm reads attention's result without x."""
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.attention = attention
        self.ffn = PositionWiseFeedForward(embed_size, hidden_size)
        self.ln1, self.ln2 = GPT2LayerNorm(embed_size), GPT2LayerNorm(embed_size)

    def forward(self, x):
        a = self.attention(self.ln1(x))
        f = self.ffn(self.ln2(a))
        return x + a + f
