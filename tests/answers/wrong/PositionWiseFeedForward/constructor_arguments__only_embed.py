"""The hidden size is no argument."""
import torch.nn.functional as F
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size):
        super().__init__()
        self.up = nn.Linear(embed_size, 4 * embed_size)
        self.down = nn.Linear(4 * embed_size, embed_size)

    def forward(self, x):
        return self.down(F.gelu(self.up(x), approximate="tanh"))
