"""A ReLU, and the input is added."""
import torch
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.up = nn.Linear(embed_size, hidden_size)
        self.down = nn.Linear(hidden_size, embed_size)

    def forward(self, x):
        skip = x
        x = torch.relu(self.up(x))
        x = self.down(x)
        return x + skip
