"""Four parts in a row, nothing is added."""
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class TransformerBlock(nn.Sequential):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__(
            GPT2LayerNorm(embed_size),
            attention,
            GPT2LayerNorm(embed_size),
            PositionWiseFeedForward(embed_size, hidden_size),
        )
