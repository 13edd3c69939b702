"""Makes its parameters in float64, so float32 comes out as float64."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(embed_size, dtype=torch.float64))
        self.bias = nn.Parameter(torch.zeros(embed_size, dtype=torch.float64))

    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        variance = x.var(dim=-1, keepdim=True, unbiased=False)
        normal = (x - mean) / torch.sqrt(variance + self.eps)
        return self.weight * normal + self.bias
