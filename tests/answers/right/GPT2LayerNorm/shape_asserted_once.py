"""Raises ValueError for a token of another size, prints at construction and keeps statistics for a plot."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    built = 0

    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        if embed_size <= 0:
            raise ValueError("embed_size must be positive")
        GPT2LayerNorm.built += 1
        print("layer norm number", GPT2LayerNorm.built)
        self.embed_size, self.eps, self.history = embed_size, eps, []
        self.scale = nn.Parameter(torch.ones(embed_size))
        self.shift = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        if x.shape[-1] != self.embed_size:
            raise ValueError(f"{x.shape[-1]} is not {self.embed_size}")
        mean, variance = x.mean(-1, keepdim=True), x.var(-1, keepdim=True, unbiased=False)
        self.history.append((mean.mean().item(), variance.mean().item()))
        return (x - mean).div(torch.sqrt(variance.add(self.eps))).mul(self.scale).add(self.shift)
