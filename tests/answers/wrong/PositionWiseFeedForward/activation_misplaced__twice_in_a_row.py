"""GELU of GELU: once by hand and once by a layer."""
from torch import nn
from torch.nn import functional as F


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.expand = nn.Sequential(nn.Linear(embed_size, hidden_size), nn.GELU("tanh"))
        self.contract = nn.Linear(hidden_size, embed_size)

    def forward(self, x):
        return self.contract(F.gelu(self.expand(x), approximate="tanh"))
