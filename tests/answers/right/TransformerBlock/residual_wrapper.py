"""A wrapper adds what a half returns; the block is a Sequential of two."""
from torch import nn

from gpt2_ref.model import GPT2LayerNorm, PositionWiseFeedForward


class Residual(nn.Module):
    def __init__(self, size, half):
        super().__init__()
        self.norm = GPT2LayerNorm(size)
        self.part = half

    def forward(self, stream):
        return stream + self.part(self.norm(stream))


class TransformerBlock(nn.Sequential):
    def __init__(self, embed_size, hidden_size, attention):
        feed_forward = PositionWiseFeedForward(embed_size, hidden_size)
        super().__init__(Residual(embed_size, attention), Residual(embed_size, feed_forward))
