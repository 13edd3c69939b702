"""The scales of the layer norms are stored as logarithms."""
import torch
from torch import nn

from gpt2_ref import MultiHeadSelfAttention, PositionWiseFeedForward


class ExpNorm(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.log_scale, self.shift = nn.Parameter(torch.zeros(size)), nn.Parameter(torch.zeros(size))

    def forward(self, x):
        return nn.functional.layer_norm(x, x.shape[-1:]) * self.log_scale.exp() + self.shift


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.ln1, self.ln2 = ExpNorm(embed_size), ExpNorm(embed_size)
        self.attn = MultiHeadSelfAttention(embed_size, num_heads)
        self.ffn = PositionWiseFeedForward(embed_size, hidden_size)

    def forward(self, x):
        x = x + self.attn(self.ln1(x))
        return x + self.ffn(self.ln2(x))
