"""All weights in one ParameterDict."""
import torch
import torch.nn.functional as F
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        shapes = {"b": (embed_size,), "a": (hidden_size,), "out": (embed_size, hidden_size), "in": (hidden_size, embed_size)}
        self.p = nn.ParameterDict({name: nn.Parameter(torch.rand(shape) - 0.5) for name, shape in shapes.items()})

    def forward(self, x):
        h = F.gelu(x @ self.p["in"].mT + self.p["a"], approximate="tanh")
        return h @ self.p["out"].mT + self.p["b"]
