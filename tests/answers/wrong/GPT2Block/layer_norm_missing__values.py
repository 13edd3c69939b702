"""Queries and keys are made from the normalised copy, values from the stream itself."""

import math
import torch
import torch.nn as nn
import torch.nn.functional as F


class GPT2Block(nn.Module):
    def __init__(self, embed_size: int, num_heads: int, hidden_size: int, dropout: float = 0.0, eps=1e-5) -> None:
        super().__init__()
        self.norms = nn.ModuleList(nn.LayerNorm(embed_size, eps=eps) for _ in range(2))
        self.mha = nn.MultiheadAttention(embed_size, num_heads, dropout=dropout, batch_first=True)
        self.ff = nn.Sequential(
            nn.Linear(embed_size, hidden_size), nn.GELU(approximate="tanh"), nn.Linear(hidden_size, embed_size)
        )

    def forward(self, x: torch.Tensor, mask=None) -> torch.Tensor:
        if mask is None:
            mask = nn.Transformer.generate_square_subsequent_mask(x.size(1), device=x.device, dtype=x.dtype)
        n = self.norms[0](x)
        a, _ = self.mha(n, n, x, attn_mask=mask, need_weights=False, is_causal=True)
        x = x + a
        return x + self.ff(self.norms[1](x))
