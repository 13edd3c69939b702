"""Gets the variance from the length of the centred vector."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.n = embed_size
        self.eps = eps
        self.scale = nn.Parameter(torch.ones(embed_size))
        self.shift = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        centred = x - x.mean(-1, keepdim=True)
        # |c|^2 / n is the variance; squared first because the norm has no gradient at 0
        length_squared = torch.linalg.vecdot(centred, centred).unsqueeze(-1)
        return centred * (length_squared / self.n + self.eps) ** -0.5 * self.scale + self.shift
