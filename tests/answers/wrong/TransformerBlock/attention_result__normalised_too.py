"""Two norms around attention: before it, and after it without weights."""
import torch.nn.functional as F
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.norm1, self.norm2 = GPT2LayerNorm(embed_size), GPT2LayerNorm(embed_size)
        self.attention = attention
        self.ffn = PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x):
        x = x + F.layer_norm(self.attention(self.norm1(x)), x.shape[-1:])
        return x + self.ffn(self.norm2(x))
