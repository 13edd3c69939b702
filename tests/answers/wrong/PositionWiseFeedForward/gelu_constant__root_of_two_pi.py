"""sqrt(2 pi) for sqrt(2 / pi)."""
import math

import torch
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.up = nn.Linear(embed_size, hidden_size)
        self.down = nn.Linear(hidden_size, embed_size)

    def gelu(self, x):
        return 0.5 * x * (1 + torch.tanh(math.sqrt(2 * math.pi) * (x + 0.044715 * x**3)))

    def forward(self, x):
        return self.down(self.gelu(self.up(x)))
