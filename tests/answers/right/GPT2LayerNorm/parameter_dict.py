"""Keeps the parameters in a ParameterDict."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.params = nn.ParameterDict({"scale": torch.ones(embed_size), "shift": torch.zeros(embed_size)})

    def forward(self, x):
        mean = x.mean(-1, keepdim=True)
        var = x.var(-1, keepdim=True, correction=0)
        return (x - mean) / (var + self.eps).sqrt() * self.params["scale"] + self.params["shift"]
