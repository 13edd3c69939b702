"""The constructor picks which function forward is."""
import torch
from torch import nn


def _forward(module, x):
    mean = x.mean(-1, keepdim=True)
    return (x - mean) / (x.var(-1, keepdim=True, correction=0) + module.eps).sqrt() * module.scale + module.shift


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.scale = nn.Parameter(torch.ones(embed_size))
        self.shift = nn.Parameter(torch.zeros(embed_size))
        self.forward = lambda x: _forward(self, x)
