"""The activation is made in __init__ and never called; dropout is."""
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.c_fc = nn.Linear(embed_size, hidden_size)
        self.gelu = nn.GELU(approximate="tanh")
        self.c_proj = nn.Linear(hidden_size, embed_size)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x):
        x = self.c_fc(x)
        x = self.c_proj(x)
        return self.dropout(x)
