"""x * sigmoid(x), believed to be GELU."""
import torch
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.lin = nn.ModuleList([nn.Linear(embed_size, hidden_size), nn.Linear(hidden_size, embed_size)])

    def forward(self, x):
        h = self.lin[0](x)
        return self.lin[1](h * torch.sigmoid(h))
