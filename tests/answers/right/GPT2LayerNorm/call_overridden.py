"""__call__ in place of forward, on an nn.Module."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.scale = nn.Parameter(torch.ones(embed_size))
        self.shift = nn.Parameter(torch.zeros(embed_size))

    def __call__(self, x):
        mean = x.mean(-1, keepdim=True)
        return (x - mean) / (x.var(-1, keepdim=True, correction=0) + self.eps).sqrt() * self.scale + self.shift

    forward = __call__
