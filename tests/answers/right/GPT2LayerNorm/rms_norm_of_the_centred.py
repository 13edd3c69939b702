"""nn.RMSNorm of the centred input, and a shift."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.rms = nn.RMSNorm(embed_size, eps=eps)
        self.shift = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        return self.rms(x - x.mean(-1, keepdim=True)) + self.shift
