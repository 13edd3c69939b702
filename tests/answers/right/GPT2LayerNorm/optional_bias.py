"""Has an optional bias and an optional flag, both on by default."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5, bias=True, elementwise_affine=True):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_size)) if elementwise_affine else None
        self.bias = nn.Parameter(torch.zeros(embed_size)) if bias else None

    def forward(self, x, residual=None):
        if residual is not None:
            x = x + residual
        m = x.mean(-1, keepdim=True)
        y = (x - m) / torch.sqrt(((x - m) ** 2).mean(-1, keepdim=True) + self.eps)
        if self.weight is not None:
            y = y * self.weight
        if self.bias is not None:
            y = y + self.bias
        return y
