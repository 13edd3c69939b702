"""Raw parameters as nn.Linear would store them, F.linear for the arithmetic."""
import torch
import torch.nn.functional as F
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.narrow_bias = nn.Parameter(torch.zeros(embed_size))
        self.narrow_weight = nn.Parameter(torch.empty(embed_size, hidden_size))
        self.widen_bias = nn.Parameter(torch.zeros(hidden_size))
        self.widen_weight = nn.Parameter(torch.empty(hidden_size, embed_size))
        nn.init.xavier_uniform_(self.narrow_weight)
        nn.init.xavier_uniform_(self.widen_weight)

    def forward(self, x):
        hidden = F.linear(x, self.widen_weight, self.widen_bias)
        return F.linear(F.gelu(hidden, approximate="tanh"), self.narrow_weight, self.narrow_bias)
