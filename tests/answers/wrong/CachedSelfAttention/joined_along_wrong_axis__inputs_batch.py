"""x is cached and joined along the batch."""
import torch
from torch import nn

from gpt2_ref import MultiHeadSelfAttention


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.attention = MultiHeadSelfAttention(embed_size, num_heads)

    def forward(self, x, cache=None):
        new = x.shape[1]
        if cache is not None:
            x = torch.cat([cache, x])
        return self.attention(x)[:, -new:], x
