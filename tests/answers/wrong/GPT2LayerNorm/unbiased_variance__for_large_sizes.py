"""The unbiased variance when there are more than 8 numbers."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps, self.correction = eps, int(embed_size > 8)
        self.scale = nn.Parameter(torch.ones(embed_size))
        self.shift = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        variance = x.var(-1, keepdim=True, correction=self.correction)
        return (x - x.mean(-1, keepdim=True)) / torch.sqrt(variance + self.eps) * self.scale + self.shift
