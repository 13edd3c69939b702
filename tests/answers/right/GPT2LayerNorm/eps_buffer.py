"""Keeps eps in a buffer."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.register_buffer("eps", torch.tensor(eps))
        self.gain = nn.Parameter(torch.ones(embed_size))
        self.bias = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        d = x - x.mean(dim=-1, keepdim=True)
        return d / torch.sqrt((d * d).mean(dim=-1, keepdim=True) + self.eps) * self.gain + self.bias
