"""Takes away from attention's result what it thinks lies in the future."""
import torch
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.norm1, self.norm2 = GPT2LayerNorm(embed_size), GPT2LayerNorm(embed_size)
        self.attention = attention
        self.ffn = PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x):
        n = x.shape[1]
        attended = self.attention(self.norm1(x))
        seen = torch.ones(n, n).tril() / torch.arange(1, n + 1)[:, None]
        x = x + seen @ attended
        return x + self.ffn(self.norm2(x))
