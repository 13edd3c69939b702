"""Saves memory: attention is computed again on the way back."""
from torch import nn
from torch.utils.checkpoint import checkpoint

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.norm1, self.norm2 = GPT2LayerNorm(embed_size), GPT2LayerNorm(embed_size)
        self.attention = attention
        self.ffn = PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x):
        x = x + checkpoint(self.attention, self.norm1(x), use_reentrant=False)
        return x + self.ffn(self.norm2(x))
