"""A gate as in later models: three matrices."""
import torch.nn.functional as F
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.gate = nn.Linear(embed_size, hidden_size, bias=False)
        self.up = nn.Linear(embed_size, hidden_size, bias=False)
        self.down = nn.Linear(hidden_size, embed_size, bias=False)

    def forward(self, x):
        return self.down(F.gelu(self.gate(x), approximate="tanh") * self.up(x))
