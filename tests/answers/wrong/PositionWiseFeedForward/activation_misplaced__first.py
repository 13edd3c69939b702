"""The input is bent, not the hidden layer."""
from torch import nn


class PositionWiseFeedForward(nn.Sequential):
    def __init__(self, embed_size, hidden_size):
        super().__init__(nn.GELU("tanh"), nn.Linear(embed_size, hidden_size), nn.Linear(hidden_size, embed_size))
