"""Has plain tensors and the default var()."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.gamma = torch.ones(embed_size)
        self.beta = torch.zeros(embed_size)

    def forward(self, x):
        var, mean = torch.var_mean(x, -1, keepdim=True)
        return self.gamma * (x - mean) / torch.sqrt(var + self.eps) + self.beta
