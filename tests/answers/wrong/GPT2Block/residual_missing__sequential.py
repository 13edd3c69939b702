"""Four steps in a Sequential."""
from torch import nn

from gpt2_ref import GPT2LayerNorm, MultiHeadSelfAttention, PositionWiseFeedForward


class GPT2Block(nn.Sequential):
    def __init__(self, embed_size, num_heads, hidden_size):
        super().__init__(
            GPT2LayerNorm(embed_size),
            MultiHeadSelfAttention(embed_size, num_heads),
            GPT2LayerNorm(embed_size),
            PositionWiseFeedForward(embed_size, hidden_size),
        )
