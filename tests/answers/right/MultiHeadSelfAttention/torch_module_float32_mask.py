"""torch's nn.MultiheadAttention with the float mask from nn.Transformer in its default float32."""
import torch
from torch import nn


class MultiHeadSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.attention = nn.MultiheadAttention(embed_size, num_heads, batch_first=True)

    def forward(self, x):
        causal = nn.Transformer.generate_square_subsequent_mask(x.size(1))
        out, weights = self.attention(x, x, x, attn_mask=causal)
        return out
