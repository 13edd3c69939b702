"""Only the first layer has a bias."""
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.up = nn.Linear(embed_size, hidden_size)
        self.gelu = nn.GELU(approximate="tanh")
        self.down = nn.Linear(hidden_size, embed_size, bias=False)

    def forward(self, x):
        return self.down(self.gelu(self.up(x)))
