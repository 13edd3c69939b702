"""Each hidden unit is a small module that reads the token and writes a multiple of one direction."""
import torch
import torch.nn.functional as F
from torch import nn


class Unit(nn.Module):
    def __init__(self, embed_size):
        super().__init__()
        self.key = nn.Linear(embed_size, 1)
        self.value = nn.Parameter(torch.randn(embed_size) * 0.1)

    def forward(self, x):
        return F.gelu(self.key(x), approximate="tanh") * self.value


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.units = nn.ModuleList(Unit(embed_size) for _ in range(hidden_size))
        self.offset = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        return sum(unit(x) for unit in self.units) + self.offset
