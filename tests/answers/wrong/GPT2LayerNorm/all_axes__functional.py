"""Hands the whole shape behind the batch to F.layer_norm."""
import torch
import torch.nn.functional as F
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_size))
        self.bias = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        normal = F.layer_norm(x, x.shape[1:], eps=self.eps)
        return normal * self.weight + self.bias
