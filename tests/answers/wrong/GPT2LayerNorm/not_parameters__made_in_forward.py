"""Makes new parameters in every call."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.embed_size = embed_size
        self.eps = eps

    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        variance = x.var(dim=-1, keepdim=True, unbiased=False)
        normal = (x - mean) / torch.sqrt(variance + self.eps)
        scale = nn.Parameter(torch.ones(self.embed_size, dtype=x.dtype))
        shift = nn.Parameter(torch.zeros(self.embed_size, dtype=x.dtype))
        return scale * normal + shift
