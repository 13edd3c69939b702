"""Centres by a matrix product with I - 1/n."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.scale = nn.Parameter(torch.ones(embed_size))
        self.shift = nn.Parameter(torch.zeros(embed_size))
        self.register_buffer("centring", torch.eye(embed_size) - torch.full((embed_size, embed_size), 1 / embed_size), persistent=False)

    def forward(self, x):
        c = x @ self.centring.to(x.dtype)
        return self.shift + self.scale * c / c.pow(2).mean(-1, keepdim=True).add(self.eps).sqrt()
