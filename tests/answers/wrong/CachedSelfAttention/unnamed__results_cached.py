"""Results are put in front of x, in the place of the tokens they belong to."""
import torch
from torch import nn

from gpt2_ref import MultiHeadSelfAttention


class CachedSelfAttention(nn.Module):
    def __init__(self, embed_size, num_heads):
        super().__init__()
        self.attention = MultiHeadSelfAttention(embed_size, num_heads)

    def forward(self, x, cache=None):
        text = x if cache is None else torch.cat([cache, x], 1)
        result = self.attention(text)
        return result[:, -x.shape[1] :], result
