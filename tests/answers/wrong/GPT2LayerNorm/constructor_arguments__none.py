"""Has the size 768 built in and takes no arguments."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self):
        super().__init__()
        self.eps = 1e-5
        self.weight = nn.Parameter(torch.ones(768))
        self.bias = nn.Parameter(torch.zeros(768))

    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        variance = x.var(dim=-1, keepdim=True, unbiased=False)
        normal = (x - mean) / torch.sqrt(variance + self.eps)
        return self.weight * normal + self.bias
