"""torch's layer norm, intermediate names, and dropout on both branches."""
from torch import nn

from gpt2_ref import MultiHeadSelfAttention, PositionWiseFeedForward


class GPT2Block(nn.Module):
    def __init__(self, embed_size, num_heads, hidden_size, dropout=0.1):
        super().__init__()
        self.ln_1 = nn.LayerNorm(embed_size, eps=1e-5)
        self.attn = MultiHeadSelfAttention(embed_size, num_heads)
        self.ln_2 = nn.LayerNorm(embed_size, eps=1e-5)
        self.mlp = PositionWiseFeedForward(embed_size, hidden_size)
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        residual = x
        hidden = self.attn(self.ln_1(x))
        x = residual + self.drop(hidden)
        residual = x
        hidden = self.mlp(self.ln_2(x))
        return residual + self.drop(hidden)
