"""The matrix is used there and back, as in an autoencoder."""
import torch.nn.functional as F
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.up = nn.Linear(embed_size, hidden_size)

    def forward(self, x):
        hidden = F.gelu(self.up(x), approximate="tanh")
        return hidden @ self.up.weight
