"""2 / pi without its root."""
import torch
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.up = nn.Linear(embed_size, hidden_size)
        self.down = nn.Linear(hidden_size, embed_size)

    def forward(self, x):
        h = self.up(x)
        inner = (2 / torch.pi) * (h + 0.044715 * h**3)
        return self.down(0.5 * h * (1 + inner.tanh()))
