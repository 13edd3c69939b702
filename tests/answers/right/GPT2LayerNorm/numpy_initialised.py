"""The parameters start as numpy arrays of float32."""
import numpy as np
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = np.float64(eps)
        self.g = nn.Parameter(torch.from_numpy(np.ones(embed_size, dtype=np.float32)))
        self.b = nn.Parameter(torch.from_numpy(np.zeros(embed_size, dtype=np.float32)))

    def forward(self, x):
        mean = x.mean(axis=-1, keepdims=True)
        variance = ((x - mean) ** 2).mean(axis=-1, keepdims=True)
        return self.g * (x - mean) / (variance + self.eps) ** 0.5 + self.b
