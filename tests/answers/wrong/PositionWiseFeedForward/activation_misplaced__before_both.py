"""The bend comes before each layer."""
from torch import nn
from torch.nn import functional as F


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.up = nn.Linear(embed_size, hidden_size)
        self.down = nn.Linear(hidden_size, embed_size)

    def forward(self, x):
        x = self.up(F.gelu(x, approximate="tanh"))
        return self.down(F.gelu(x, approximate="tanh"))
