"""The hidden units pass through bfloat16, the result does not."""

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
        h = self.fc1(x).bfloat16().to(x.dtype)
        h = F.gelu(h, approximate="tanh")
        return self.fc2(h)
