"""Scales the centred vector to the length sqrt(n)."""
import torch
import torch.nn.functional as F
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.root = embed_size**0.5
        self.gamma = nn.Parameter(torch.ones(embed_size))
        self.beta = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        centred = x - x.mean(-1, keepdim=True)
        return F.normalize(centred, dim=-1) * self.root * self.gamma + self.beta
