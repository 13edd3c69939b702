"""Calls eps by another name."""
import torch
import torch.nn as nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, variance_epsilon=1e-5):
        super().__init__()
        self.variance_epsilon = variance_epsilon
        self.weight = nn.Parameter(torch.ones(embed_size))
        self.bias = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        mean = x.mean(-1, keepdim=True)
        var = (x - mean).pow(2).mean(-1, keepdim=True)
        return self.weight * (x - mean) / torch.sqrt(var + self.variance_epsilon) + self.bias
