"""A loop over tokens, one vector at a time."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.w = nn.Linear(embed_size, hidden_size)
        self.v = nn.Linear(hidden_size, embed_size)

    def forward(self, x):
        rows = x.reshape(-1, x.shape[-1])
        results = []
        for row in rows:
            results.append(self.v(F.gelu(self.w(row), approximate="tanh")))
        return torch.stack(results).reshape(x.shape)
