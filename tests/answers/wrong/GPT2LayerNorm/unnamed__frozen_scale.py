"""The scale is frozen and one more vector is trained."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.scale = nn.Parameter(torch.ones(embed_size), requires_grad=False)
        self.shift = nn.Parameter(torch.zeros(embed_size))
        self.again = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        normal = (x - x.mean(-1, keepdim=True)) / torch.sqrt(x.var(-1, keepdim=True, correction=0) + self.eps)
        return normal * self.scale + self.shift + self.again
