"""A GELU between the layers, and a ReLU after the second one."""

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
        h = F.gelu(h, approximate="tanh")
        return F.relu(self.fc2(h))
