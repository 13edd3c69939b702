"""Dropout after each layer, as in training; it is off in evaluation."""
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size, dropout=0.1):
        super().__init__()
        self.c_fc = nn.Linear(embed_size, hidden_size)
        self.c_proj = nn.Linear(hidden_size, embed_size)
        self.act = nn.GELU(approximate="tanh")
        self.drop_hidden = nn.Dropout(dropout)
        self.drop_result = nn.Dropout(dropout)

    def forward(self, x):
        x = self.drop_hidden(self.act(self.c_fc(x)))
        return self.drop_result(self.c_proj(x))
