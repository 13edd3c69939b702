"""Draws the weights of all linear layers, attention's too."""
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.attn_norm = GPT2LayerNorm(embed_size)
        self.attn = attention
        self.mlp_norm = GPT2LayerNorm(embed_size)
        self.mlp = PositionWiseFeedForward(embed_size, hidden_size)
        self.apply(self.start)

    @staticmethod
    def start(module):
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=0.02)
            nn.init.zeros_(module.bias)

    def forward(self, x):
        x = x + self.attn(self.attn_norm(x))
        return x + self.mlp(self.mlp_norm(x))
