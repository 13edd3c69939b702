"""A leaky ReLU."""
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.up = nn.Linear(embed_size, hidden_size)
        self.bend = nn.LeakyReLU()
        self.down = nn.Linear(hidden_size, embed_size)

    def forward(self, x):
        return self.down(self.bend(self.up(x)))
