"""All three steps in one nn.Sequential."""
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(embed_size, hidden_size),
            nn.GELU(approximate="tanh"),
            nn.Linear(hidden_size, embed_size),
        )

    def forward(self, x):
        return self.net(x)
