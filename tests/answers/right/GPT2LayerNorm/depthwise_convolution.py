"""The scale and shift are a depthwise convolution of width 1."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.affine = nn.Conv1d(embed_size, embed_size, 1, groups=embed_size)
        nn.init.ones_(self.affine.weight)
        nn.init.zeros_(self.affine.bias)

    def forward(self, x):
        c = x - x.mean(-1, keepdim=True)
        n = c / torch.sqrt((c**2).mean(-1, keepdim=True) + self.eps)
        return self.affine(n.reshape(-1, x.shape[-1], 1)).reshape(x.shape)
