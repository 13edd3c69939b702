"""A dataclass module: nn.Module is initialised in __new__, the parameters are made in __post_init__."""
from dataclasses import dataclass

import torch
from torch import nn


@dataclass(eq=False)
class GPT2LayerNorm(nn.Module):
    embed_size: int
    eps: float = 1e-5

    def __new__(cls, *args, **kwargs):
        module = super().__new__(cls)
        nn.Module.__init__(module)
        return module

    def __post_init__(self):
        self.scale = nn.Parameter(torch.ones(self.embed_size))
        self.shift = nn.Parameter(torch.zeros(self.embed_size))

    def forward(self, x):
        mean = x.mean(-1, keepdim=True)
        return (x - mean) / (x.var(-1, keepdim=True, correction=0) + self.eps).sqrt() * self.scale + self.shift
