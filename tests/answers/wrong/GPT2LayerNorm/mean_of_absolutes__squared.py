"""Takes the mean absolute deviation for the standard deviation and adds eps under a root."""
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
        mad = torch.abs(x - mu).mean(-1, keepdim=True)
        return self.gamma * (x - mu) / torch.sqrt(mad**2 + self.eps) + self.beta
