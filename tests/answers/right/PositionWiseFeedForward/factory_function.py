"""A function that builds the module."""
from torch import nn


def PositionWiseFeedForward(embed_size, hidden_size):
    return nn.Sequential(nn.Linear(embed_size, hidden_size), nn.GELU("tanh"), nn.Linear(hidden_size, embed_size))
