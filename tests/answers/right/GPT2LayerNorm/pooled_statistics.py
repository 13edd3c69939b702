"""Mean and variance by average pooling."""
import torch
import torch.nn.functional as F
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.size = embed_size
        self.scale = nn.Parameter(torch.ones(embed_size))
        self.shift = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        tokens = x.reshape(-1, 1, self.size)
        tokens = tokens - F.avg_pool1d(tokens, self.size)
        tokens = tokens * (F.avg_pool1d(tokens * tokens, self.size) + self.eps) ** -0.5
        return tokens.reshape(x.shape) * self.scale + self.shift
