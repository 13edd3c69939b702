"""The constructor takes *args and **kwargs."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, *args, **kwargs):
        super().__init__()
        size = args[0] if args else kwargs["embed_size"]
        self.eps = args[1] if len(args) > 1 else kwargs.get("eps", 1e-5)
        self.scale = nn.Parameter(torch.ones(size))
        self.shift = nn.Parameter(torch.zeros(size))

    def forward(self, *inputs):
        (x,) = inputs
        mean = x.mean(-1, keepdim=True)
        return (x - mean) / (x.var(-1, keepdim=True, correction=0) + self.eps).sqrt() * self.scale + self.shift
