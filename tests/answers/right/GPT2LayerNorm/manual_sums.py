"""Sums and divides by the size of the last axis."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.embed_size = embed_size
        self.eps = eps
        self.scale = nn.Parameter(torch.ones(embed_size))
        self.shift = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        m = x.sum(dim=-1, keepdim=True) / self.embed_size
        centred = x - m
        v = (centred * centred).sum(dim=-1, keepdim=True) / self.embed_size
        return centred / torch.sqrt(v + self.eps) * self.scale + self.shift
