"""(0.044715 x) cubed."""
import math

import torch
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.layer_1 = nn.Linear(embed_size, hidden_size)
        self.layer_2 = nn.Linear(hidden_size, embed_size)

    def forward(self, x):
        z = self.layer_1(x)
        z = 0.5 * z * (1 + torch.tanh(math.sqrt(2 / math.pi) * (z + (0.044715 * z) ** 3)))
        return self.layer_2(z)
