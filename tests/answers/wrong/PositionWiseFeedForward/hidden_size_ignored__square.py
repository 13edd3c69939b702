"""Both layers are embed_size wide."""
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(embed_size, embed_size), nn.GELU("tanh"), nn.Linear(embed_size, embed_size))

    def forward(self, x):
        return self.net(x)
