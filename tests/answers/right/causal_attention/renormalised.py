"""Masks the exponentials, with the maximum of the visible scores taken out, and normalises after that."""
import torch


def causal_attention(query, key, value):
    n = query.shape[-2]
    scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5
    lower = torch.ones(n, n, dtype=torch.bool).tril()
    top = scores.where(lower, torch.tensor(-torch.inf, dtype=scores.dtype)).amax(-1, keepdim=True)
    e = torch.exp((scores - top).clamp(max=0)) * lower
    return (e / e.sum(-1, keepdim=True)) @ value
