"""A second bias is made and forgotten, in place of the first layer's."""
import torch
import torch.nn.functional as F
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.up = nn.Linear(embed_size, hidden_size, bias=False)
        self.up_bias = nn.Parameter(torch.zeros(hidden_size))
        self.down = nn.Linear(hidden_size, embed_size)

    def forward(self, x):
        return self.down(F.gelu(self.up(x), approximate="tanh"))
