"""One token written out, torch.vmap for all."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    def __init__(self, embed_size, eps=1e-5):
        super().__init__()
        self.eps = eps
        self.scale = nn.Parameter(torch.ones(embed_size))
        self.shift = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x):
        def one(token):
            centred = token - token.mean()
            return centred / torch.sqrt(torch.dot(centred, centred) / len(token) + self.eps) * self.scale + self.shift

        return torch.vmap(one)(x.reshape(-1, x.size(-1))).reshape(x.size())
