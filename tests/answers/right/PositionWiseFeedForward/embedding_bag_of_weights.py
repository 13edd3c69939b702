"""The matrices are the weights of nn.Embedding and nn.Bilinear is not needed."""
import torch
import torch.nn.functional as F
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.keys = nn.Embedding(hidden_size, embed_size)
        self.values = nn.Embedding(hidden_size, embed_size)

    def forward(self, x):
        strength = F.gelu((x.unsqueeze(-2) * self.keys.weight).sum(-1), approximate="tanh")
        return (strength.unsqueeze(-1) * self.values.weight).sum(-2)
