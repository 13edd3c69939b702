"""The affine part is a forward hook."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.scale = nn.Parameter(torch.ones(embed_size))
        self.shift = nn.Parameter(torch.zeros(embed_size))
        self.register_forward_pre_hook(lambda module, inputs: inputs[0] - inputs[0].mean(-1, keepdim=True))
        self.register_forward_hook(lambda module, inputs, output: output * module.scale + module.shift)

    def forward(self, x):
        return x / torch.sqrt((x * x).mean(-1, keepdim=True) + self.eps)
