"""Add and norm, with the course's parts and dropout."""
from torch import nn

from gpt2_ref import GPT2LayerNorm, MultiHeadSelfAttention, PositionWiseFeedForward


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__()
        self.attn = MultiHeadSelfAttention(embed_size, num_heads)
        self.ffn = PositionWiseFeedForward(embed_size, hidden_size)
        self.add_norm1 = GPT2LayerNorm(embed_size)
        self.add_norm2 = GPT2LayerNorm(embed_size)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x):
        x = self.add_norm1(x + self.dropout(self.attn(x)))
        x = self.add_norm2(x + self.dropout(self.ffn(x)))
        return x
