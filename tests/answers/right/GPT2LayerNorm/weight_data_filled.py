"""The parameters are made empty and filled by reset_parameters."""
import torch
from torch import nn


class GPT2LayerNorm(nn.Module):
    __constants__ = ["embed_size", "eps"]
    embed_size: int
    eps: float

    def __init__(self, embed_size, eps=1e-5, device=None, dtype=None):
        factory = {"device": device, "dtype": dtype}
        super().__init__()
        self.embed_size, self.eps = embed_size, eps
        self.weight = nn.Parameter(torch.empty(embed_size, **factory))
        self.bias = nn.Parameter(torch.empty(embed_size, **factory))
        self.reset_parameters()

    @torch.no_grad()
    def reset_parameters(self):
        self.weight.fill_(1)
        self.bias.fill_(0)

    def forward(self, input):
        return torch.native_layer_norm(input, [self.embed_size], self.weight, self.bias, self.eps)[0]

    def extra_repr(self):
        return f"{self.embed_size}, eps={self.eps}"
