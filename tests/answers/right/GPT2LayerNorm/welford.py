"""Welford's running mean and variance along the last axis."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.scale = nn.Parameter(torch.ones(embed_size))
        self.shift = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        mean = torch.zeros_like(x[..., 0])
        squares = torch.zeros_like(mean)
        for count, number in enumerate(x.unbind(-1), 1):
            gap = number - mean
            mean = mean + gap / count
            squares = squares + gap * (number - mean)
        variance = squares / x.shape[-1]
        normal = (x - mean.unsqueeze(-1)) / torch.sqrt(variance.unsqueeze(-1) + self.eps)
        return self.scale * normal + self.shift
