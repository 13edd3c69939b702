"""The bend comes after both layers."""
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(embed_size, hidden_size), nn.Linear(hidden_size, embed_size)])
        self.act = nn.GELU(approximate="tanh")

    def forward(self, x):
        for layer in self.layers:
            x = self.act(layer(x))
        return x
