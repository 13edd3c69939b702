"""Takes the variance as the mean of squares minus the square of the mean."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.alpha = nn.Parameter(torch.ones(embed_size))
        self.beta = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        mean = x.mean(-1, keepdim=True)
        mean_of_squares = (x ** 2).mean(-1, keepdim=True)
        var = mean_of_squares - mean ** 2
        return (x - mean) / torch.sqrt(var + self.eps) * self.alpha + self.beta
