"""Computes the bend in float32 whatever comes in."""
import torch.nn.functional as F
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.up = nn.Linear(embed_size, hidden_size)
        self.down = nn.Linear(hidden_size, embed_size)

    def forward(self, x):
        hidden = self.up(x)
        bent = F.gelu(hidden.float(), approximate="tanh").to(hidden.dtype)
        return self.down(bent)
