"""A Sequential of two small modules; forward is inherited."""
import torch
from torch import nn


class Normalise(nn.Module):
    def __init__(self, eps):
        super().__init__()
        self.eps = eps

    def forward(self, x):
        c = x - x.mean(-1, keepdim=True)
        return c / torch.sqrt(c.pow(2).mean(-1, keepdim=True) + self.eps)


class Affine(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(size))
        self.shift = nn.Parameter(torch.zeros(size))

    def forward(self, x):
        return torch.addcmul(self.shift, x, self.scale)


class GPT2LayerNorm(nn.Sequential):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__(Normalise(eps), Affine(embed_size))
