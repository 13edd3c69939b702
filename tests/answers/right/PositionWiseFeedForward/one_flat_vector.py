"""All numbers in one parameter, cut into matrices in forward."""
import torch
import torch.nn.functional as F
from torch import nn


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.sizes = [embed_size * hidden_size, hidden_size, hidden_size * embed_size, embed_size]
        self.shape = (embed_size, hidden_size)
        self.theta = nn.Parameter(0.1 * torch.randn(sum(self.sizes)))

    def forward(self, x):
        w1, b1, w2, b2 = self.theta.split(self.sizes)
        hidden = F.gelu(x @ w1.view(self.shape) + b1, approximate="tanh")
        return hidden @ w2.view(self.shape).T + b2
