"""Calls F.layer_norm for the normalisation and scales by hand."""
import torch
from torch import nn
from torch.nn import functional as F


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.embed_size, self.eps = embed_size, eps
        self.shift = nn.Parameter(torch.zeros(embed_size))
        self.scale = nn.Parameter(torch.ones(embed_size))

    def forward(self, x):
        return self.shift + self.scale * F.layer_norm(x, (self.embed_size,), eps=self.eps)
