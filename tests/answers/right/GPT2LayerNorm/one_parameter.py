"""Keeps scale and shift as the two rows of one parameter."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.affine = nn.Parameter(torch.stack([torch.ones(embed_size), torch.zeros(embed_size)]))
        self.eps = eps

    def forward(self, x):
        scale, shift = self.affine
        x = x - x.mean(-1, keepdim=True)
        x = x / (x.square().mean(-1, keepdim=True) + self.eps).sqrt()
        return x * scale + shift
