"""Keeps the parameters in a ParameterList, the shift first."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.theta = nn.ParameterList([nn.Parameter(torch.zeros(embed_size)), nn.Parameter(torch.ones(embed_size))])

    def forward(self, x):
        shift, scale = self.theta
        std, mean = torch.std_mean(x, dim=-1, correction=0, keepdim=True)
        return scale * (x - mean) / torch.sqrt(std * std + self.eps) + shift
