"""The root of 2 / pi is rounded to 0.79."""

import math
import torch
import torch.nn as nn
import torch.nn.functional as F


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.fc1 = nn.Linear(embed_size, hidden_size)
        self.fc2 = nn.Linear(hidden_size, embed_size)

    def forward(self, x):
        h = self.fc1(x)
        h = 0.5 * h * (1 + torch.tanh(0.79 * (h + 0.044715 * h**3)))
        return self.fc2(h)
