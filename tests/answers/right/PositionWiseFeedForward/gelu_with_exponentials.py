"""tanh spelled with exponentials, constants as decimal numbers."""
import torch
from torch import nn


def tanh(z):
    e = torch.exp(-2 * z.abs())
    return z.sign() * (1 - e) / (1 + e)


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(embed_size, hidden_size), nn.Linear(hidden_size, embed_size)])

    def forward(self, x):
        h = self.layers[0](x)
        h = 0.5 * h * (1 + tanh(0.7978845608028654 * (h + 0.044715 * h**3)))
        return self.layers[1](h)
