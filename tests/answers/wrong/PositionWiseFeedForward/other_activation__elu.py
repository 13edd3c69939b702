"""ELU as the bend, in a Sequential."""
from torch import nn


class PositionWiseFeedForward(nn.Sequential):
    def __init__(self, embed_size, hidden_size):
        super().__init__(nn.Linear(embed_size, hidden_size), nn.ELU(), nn.Linear(hidden_size, embed_size))
