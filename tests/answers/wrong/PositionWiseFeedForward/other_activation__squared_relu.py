"""A squared ReLU."""
import torch
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.up = nn.Linear(embed_size, hidden_size, bias=False)
        self.down = nn.Linear(hidden_size, embed_size, bias=False)

    def forward(self, x):
        return self.down(torch.relu(self.up(x)).square())
