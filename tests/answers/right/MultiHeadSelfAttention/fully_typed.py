"""Type annotations everywhere, errors for bad sizes, docstrings."""
from __future__ import annotations

import math
from typing import Final

import torch
from torch import Tensor, nn


class MultiHeadSelfAttention(nn.Module):
    """Causal multi-head self-attention.

    Args:
        embed_size: width of the residual stream.
        num_heads: number of heads; must divide ``embed_size``.
    """

    num_heads: Final[int]
    head_size: Final[int]

    def __init__(self, embed_size: int, num_heads: int, *, bias: bool = True) -> None:
        super().__init__()
        if embed_size % num_heads != 0:
            raise ValueError("embed_size must be divisible by num_heads")
        self.num_heads = num_heads
        self.head_size = embed_size // num_heads
        self.query: nn.Linear = nn.Linear(embed_size, embed_size, bias=bias)
        self.key: nn.Linear = nn.Linear(embed_size, embed_size, bias=bias)
        self.value: nn.Linear = nn.Linear(embed_size, embed_size, bias=bias)
        self.output: nn.Linear = nn.Linear(embed_size, embed_size, bias=bias)

    def _heads(self, projected: Tensor) -> Tensor:
        batch, sequence, _ = projected.shape
        return projected.view(batch, sequence, self.num_heads, self.head_size).transpose(1, 2)

    def forward(self, x: Tensor) -> Tensor:
        """x: (batch, sequence, embed) -> (batch, sequence, embed)."""
        if x.dim() != 3:
            raise ValueError(f"expected (batch, sequence, embed), got {tuple(x.shape)}")
        query: Tensor = self._heads(self.query(x))
        key: Tensor = self._heads(self.key(x))
        value: Tensor = self._heads(self.value(x))
        scores: Tensor = query @ key.transpose(-1, -2) / math.sqrt(self.head_size)
        length: int = x.size(1)
        future: Tensor = torch.ones(length, length, dtype=torch.bool, device=x.device).triu(diagonal=1)
        weights: Tensor = scores.masked_fill(future, float("-inf")).softmax(dim=-1)
        merged: Tensor = (weights @ value).transpose(1, 2).flatten(start_dim=2)
        return self.output(merged)
