"""One over sqrt(2 pi), with raw weights."""
import torch
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.w1 = nn.Parameter(0.1 * torch.randn(embed_size, hidden_size))
        self.w2 = nn.Parameter(0.1 * torch.randn(hidden_size, embed_size))
        self.b1 = nn.Parameter(torch.zeros(hidden_size))

    def forward(self, x):
        h = x @ self.w1 + self.b1
        h = 0.5 * h * (1 + torch.tanh((2 * torch.pi) ** -0.5 * (h + 0.044715 * h**3)))
        return h @ self.w2
