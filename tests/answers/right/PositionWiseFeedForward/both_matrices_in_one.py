"""Both matrices in one parameter of shape (2, hidden, embed), no biases."""
import torch
import torch.nn.functional as F
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.pair = nn.Parameter(torch.randn(2, hidden_size, embed_size) * 0.05)

    def forward(self, x):
        read, write = self.pair
        return F.gelu(x @ read.T, approximate="tanh") @ write
