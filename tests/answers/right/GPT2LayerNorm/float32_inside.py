"""Computes the statistics in float32 and casts back, as Llama does."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_size))
        self.bias = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        wide = x.to(torch.float32)
        var, mean = torch.var_mean(wide, dim=-1, unbiased=False, keepdim=True)
        standard = (wide - mean) / torch.sqrt(var + self.eps)
        return standard.to(x.dtype) * self.weight + self.bias
