"""eps is added to the squares and once more under the root."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.scale = nn.Parameter(torch.ones(embed_size))
        self.shift = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        c = x - x.mean(-1, keepdim=True)
        return self.scale * c / torch.sqrt((c * c + self.eps).mean(-1, keepdim=True) + self.eps) + self.shift
