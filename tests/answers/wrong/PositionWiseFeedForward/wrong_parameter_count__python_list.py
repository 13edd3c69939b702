"""The layers are kept in a plain list."""
import torch.nn.functional as F
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.layers = [nn.Linear(embed_size, hidden_size), nn.Linear(hidden_size, embed_size)]

    def forward(self, x):
        up, down = (layer.to(x.dtype) for layer in self.layers)
        return down(F.gelu(up(x), approximate="tanh"))
