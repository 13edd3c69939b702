"""Defined by exec: there is no source file to read."""
exec(
    """
import torch

def causal_attention(query, key, value):
    n = query.shape[-2]
    s = query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5
    return s.masked_fill(torch.triu(torch.ones(n, n), 1) == 1, float("-inf")).softmax(-1) @ value
"""
)
