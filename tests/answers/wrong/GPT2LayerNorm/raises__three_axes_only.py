"""Unpacks the shape into three numbers."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.scale = nn.Parameter(torch.ones(embed_size))
        self.shift = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        batch, sequence, embed = x.shape
        flat = x.reshape(batch * sequence, embed)
        mean = flat.mean(1, keepdim=True)
        var = flat.var(1, keepdim=True, unbiased=False)
        flat = self.scale * (flat - mean) / torch.sqrt(var + self.eps) + self.shift
        return flat.view(batch, sequence, embed)
