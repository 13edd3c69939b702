"""Prints a shape at every call."""
import torch.nn.functional as F
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.up = nn.Linear(embed_size, hidden_size)
        self.down = nn.Linear(hidden_size, embed_size)

    def forward(self, x):
        hidden = self.up(x)
        print("hidden", hidden.shape)
        return self.down(F.gelu(hidden, approximate="tanh"))
