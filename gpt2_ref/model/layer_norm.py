"""Layer normalisation (Ba, Kiros and Hinton 2016, arXiv 1607.06450)."""

import torch
from torch import Tensor, nn

from gpt2_ref.model.errors import require_positive


class GPT2LayerNorm(nn.Module):
    """Give every token mean 0 and variance 1 over its embedding, then scale and shift each place.

    Shapes: x (..., embed) -> same.

    `eps` is added to the variance, inside the root, so that a constant token gives 0 and not NaN.
    Raises ValueError when embed_size is below 1, eps is negative or the last axis of x is not embed_size.
    """

    def __init__(self, embed_size: int, eps: float = 1e-5):
        super().__init__()
        require_positive(embed_size=embed_size)
        if eps < 0:
            raise ValueError(f"eps is {eps}; it must be 0 or more")
        self.eps = eps
        self.scale = nn.Parameter(torch.ones(embed_size))
        self.shift = nn.Parameter(torch.zeros(embed_size))

    def forward(self, x: Tensor) -> Tensor:
        if x.shape[-1:] != self.scale.shape:
            raise ValueError(f"x has shape {tuple(x.shape)}; its last axis must be embed_size = {len(self.scale)}")
        variance, mean = torch.var_mean(x, dim=-1, keepdim=True, correction=0)
        return (x - mean) / torch.sqrt(variance + self.eps) * self.scale + self.shift
