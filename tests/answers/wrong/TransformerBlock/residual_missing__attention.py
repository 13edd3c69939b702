"""What attention returns replaces x."""
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.attn = attention
        self.ln_1 = GPT2LayerNorm(embed_size)
        self.ln_2 = GPT2LayerNorm(embed_size)
        self.mlp = PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x):
        h = self.attn(self.ln_1(x))
        return h + self.mlp(self.ln_2(h))
