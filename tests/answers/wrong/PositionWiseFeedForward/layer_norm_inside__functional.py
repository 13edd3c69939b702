"""The result is normalised, without parameters."""
import torch.nn.functional as F
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.up = nn.Linear(embed_size, hidden_size)
        self.down = nn.Linear(hidden_size, embed_size)

    def forward(self, x):
        result = self.down(F.gelu(self.up(x), approximate="tanh"))
        return F.layer_norm(result, result.shape[-1:])
