"""Convolutions with a kernel of one token are linear layers; the axes in front are folded into one."""
import torch.nn.functional as F
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.conv1 = nn.Conv1d(embed_size, hidden_size, kernel_size=1)
        self.conv2 = nn.Conv1d(hidden_size, embed_size, kernel_size=1)

    def forward(self, x):
        tokens = x.reshape(1, -1, x.shape[-1]).transpose(1, 2)
        hidden = F.gelu(self.conv1(tokens), approximate="tanh")
        return self.conv2(hidden).transpose(1, 2).reshape(x.shape)
