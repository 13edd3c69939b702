"""Linear layers that learn their input size at the first call."""
import torch.nn.functional as F
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.up = nn.LazyLinear(hidden_size)
        self.down = nn.LazyLinear(embed_size)

    def forward(self, x):
        return self.down(F.gelu(self.up(x), approximate="tanh"))
