"""Multiplies by the variance to the power -1 in place of -0.5."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_size))
        self.bias = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        c = x - x.mean(-1, keepdim=True)
        v = c.square().mean(-1, keepdim=True)
        return self.weight * c * (v + self.eps) ** -1 + self.bias
