"""A general layer with the activation filled in."""
from functools import partial

import torch.nn.functional as F
from torch import nn


class MLP(nn.Module):
    def __init__(self, n_in, n_hidden, activation):
        super().__init__()
        self.a, self.b, self.activation = nn.Linear(n_in, n_hidden), nn.Linear(n_hidden, n_in), activation

    def forward(self, x):
        return self.b(self.activation(self.a(x)))


PositionWiseFeedForward = partial(MLP, activation=partial(F.gelu, approximate="tanh"))
