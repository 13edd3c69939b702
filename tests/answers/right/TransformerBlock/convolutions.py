"""The feed-forward layer as two convolutions of width 1."""
import torch.nn.functional as F
from torch import nn


class TransformerBlock(nn.Module):
    def __init__(self, embed_size, hidden_size, attention):
        super().__init__()
        self.attention = attention
        self.first, self.second = nn.LayerNorm(embed_size), nn.LayerNorm(embed_size)
        self.up = nn.Conv1d(embed_size, hidden_size, 1)
        self.down = nn.Conv1d(hidden_size, embed_size, 1)

    def forward(self, x):
        x = x + self.attention(self.first(x))
        channels = self.second(x).transpose(1, 2)
        return x + self.down(F.gelu(self.up(channels), approximate="tanh")).transpose(1, 2)
