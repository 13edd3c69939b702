"""A frozen flag Parameter of bools says which features are scaled: all."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.on = nn.Parameter(torch.ones(embed_size, dtype=torch.bool), requires_grad=False)
        self.eps = eps
        self.scale = nn.Parameter(torch.ones(embed_size))
        self.shift = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        mean = x.mean(-1, keepdim=True)
        normal = (x - mean) / (x.var(-1, keepdim=True, correction=0) + self.eps).sqrt()
        return torch.where(self.on, normal * self.scale + self.shift, normal)
