"""The tanh form as x times a logistic function, which is the same thing."""
import torch
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.a = nn.Linear(embed_size, hidden_size)
        self.b = nn.Linear(hidden_size, embed_size)

    def forward(self, x):
        h = self.a(x)
        inner = (2 / torch.pi) ** 0.5 * (h + 0.044715 * h * h * h)
        return self.b(h * torch.sigmoid(2 * inner))
