"""Adds a little noise to the variance to keep it from zero."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.gamma = nn.Parameter(torch.ones(embed_size))
        self.beta = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        variance = x.var(dim=-1, keepdim=True, unbiased=False)
        variance = variance + 1e-2 * torch.rand_like(variance)
        return self.gamma * (x - mean) / torch.sqrt(variance + self.eps) + self.beta
