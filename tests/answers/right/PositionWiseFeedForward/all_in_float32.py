"""Casts everything to float32 and the result back."""
import torch
import torch.nn.functional as F
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.up = nn.Linear(embed_size, hidden_size)
        self.down = nn.Linear(hidden_size, embed_size)

    def forward(self, x):
        h = F.linear(x.float(), self.up.weight.float(), self.up.bias.float())
        h = F.gelu(h, approximate="tanh")
        return F.linear(h, self.down.weight.float(), self.down.bias.float()).to(x.dtype)
