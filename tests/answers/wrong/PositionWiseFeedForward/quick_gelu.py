"""The sigmoid approximation with 1.702."""
import torch
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.up = nn.Linear(embed_size, hidden_size)
        self.down = nn.Linear(hidden_size, embed_size)

    def forward(self, x):
        h = self.up(x)
        return self.down(h * torch.sigmoid(1.702 * h))
