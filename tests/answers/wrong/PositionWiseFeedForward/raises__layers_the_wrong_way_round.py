"""The layers' sizes are swapped."""
import torch.nn.functional as F
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.up = nn.Linear(embed_size, hidden_size)
        self.down = nn.Linear(embed_size, hidden_size)

    def forward(self, x):
        return self.down(F.gelu(self.up(x), approximate="tanh"))
