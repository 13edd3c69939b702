"""One square layer and a bend."""
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.linear = nn.Linear(embed_size, embed_size)
        self.act = nn.GELU("tanh")

    def forward(self, x):
        return self.act(self.linear(x))
