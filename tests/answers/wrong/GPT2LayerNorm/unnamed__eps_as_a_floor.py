"""eps is the smallest variance allowed, not added."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.scale = nn.Parameter(torch.ones(embed_size))
        self.shift = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        variance = x.var(-1, keepdim=True, correction=0).clamp(min=self.eps)
        return self.scale * (x - x.mean(-1, keepdim=True)) / variance.sqrt() + self.shift
