"""The mean as a product with a float32 matrix made once."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.scale = nn.Parameter(torch.ones(embed_size))
        self.shift = nn.Parameter(torch.zeros(embed_size))
        self.register_buffer("average", torch.full((embed_size, 1), 1 / embed_size, dtype=torch.float32))

    def forward(self, x):
        c = x - x @ self.average
        return c / torch.sqrt((c * c) @ self.average + self.eps) * self.scale + self.shift
