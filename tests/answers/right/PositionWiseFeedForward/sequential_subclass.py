"""The class is itself a Sequential and has no forward of its own."""
from torch import nn


class PositionWiseFeedForward(nn.Sequential):
    def __init__(self, embed_size, hidden_size):
        super().__init__(nn.Linear(embed_size, hidden_size), nn.GELU("tanh"), nn.Linear(hidden_size, embed_size))
