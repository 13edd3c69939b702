"""The hidden layer is computed in two parts, as if on two machines, and the parts are added up."""
import torch.nn.functional as F
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        left = hidden_size // 2
        right = hidden_size - left
        self.up_left, self.up_right = nn.Linear(embed_size, left), nn.Linear(embed_size, right)
        self.down_left = nn.Linear(left, embed_size)
        self.down_right = nn.Linear(right, embed_size, bias=False)

    def forward(self, x):
        left = self.down_left(F.gelu(self.up_left(x), approximate="tanh"))
        right = self.down_right(F.gelu(self.up_right(x), approximate="tanh"))
        return left + right
