"""Calls sub where add was meant."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.gamma = nn.Parameter(torch.ones(embed_size))
        self.beta = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        mu = x.mean(-1, keepdim=True)
        sigma = ((x - mu).pow(2).mean(-1, keepdim=True) + self.eps).sqrt()
        y = self.gamma * ((x - mu) / sigma)
        return y.sub(self.beta)
