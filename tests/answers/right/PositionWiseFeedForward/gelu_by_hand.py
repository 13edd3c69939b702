"""The tanh form written out with its constants."""
import math

import torch
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.widen = nn.Linear(embed_size, hidden_size)
        self.narrow = nn.Linear(hidden_size, embed_size)

    @staticmethod
    def gelu(t):
        return 0.5 * t * (1.0 + torch.tanh(math.sqrt(2.0 / math.pi) * (t + 0.044715 * t.pow(3))))

    def forward(self, x):
        return self.narrow(self.gelu(self.widen(x)))
