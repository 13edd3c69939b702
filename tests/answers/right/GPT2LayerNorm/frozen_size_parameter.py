"""The size is kept as an integer Parameter that is not trained."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.size = nn.Parameter(torch.tensor(embed_size), requires_grad=False)
        self.eps = eps
        self.gamma = nn.Parameter(torch.ones(embed_size))
        self.beta = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        mean = x.sum(-1, keepdim=True) / self.size
        centred = x - mean
        variance = (centred * centred).sum(-1, keepdim=True) / self.size
        return centred * torch.rsqrt(variance + self.eps) * self.gamma + self.beta
