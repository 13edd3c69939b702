"""A layer class of its own with weights stored (in, out), used twice, tokens flattened for addmm."""
import torch
import torch.nn as nn
import torch.nn.functional as F


class Affine(nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n_in, n_out) * 0.02)
        self.bias = nn.Parameter(torch.zeros(n_out))

    def forward(self, x):
        flat = torch.addmm(self.bias, x.reshape(-1, x.size(-1)), self.weight)
        return flat.reshape(*x.shape[:-1], -1)


class PositionWiseFeedForward(nn.Module):
    def __init__(self, embed_size, hidden_size):
        super().__init__()
        self.one, self.two = Affine(embed_size, hidden_size), Affine(hidden_size, embed_size)

    def forward(self, x):
        return self.two(F.gelu(self.one(x), approximate="tanh"))
