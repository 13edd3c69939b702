"""Scale and shift are made as float32 tensors."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.scale = nn.Parameter(torch.ones(embed_size, dtype=torch.float32))
        self.shift = nn.Parameter(torch.zeros(embed_size, dtype=torch.float32))

    def forward(self, x):
        mean = x.mean(-1, keepdim=True)
        return (x - mean) / (x.var(-1, keepdim=True, correction=0) + self.eps).sqrt() * self.scale + self.shift
