"""Four raw parameters and the @ operator, weights stored (in, out)."""
import torch
import torch.nn.functional as F
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.W1 = nn.Parameter(torch.randn(embed_size, hidden_size) * 0.02)
        self.b1 = nn.Parameter(torch.zeros(hidden_size))
        self.W2 = nn.Parameter(torch.randn(hidden_size, embed_size) * 0.02)
        self.b2 = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        return F.gelu(x @ self.W1 + self.b1, approximate="tanh") @ self.W2 + self.b2
