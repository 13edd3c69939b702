"""Takes the root as a power of a half."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(embed_size))
        self.shift = nn.Parameter(torch.zeros(embed_size))
        self.eps = eps

    def forward(self, x):
        distance = x - x.mean(-1, keepdim=True)
        variance = distance.pow(2).mean(-1, keepdim=True)
        return self.shift + self.scale * distance / (variance + self.eps)**0.5
