"""Writes a softmax that overflows for large scores."""
import torch


def causal_attention(query, key, value):
    n = query.shape[-2]
    e = torch.exp(query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5)
    e = e * torch.tril(torch.ones(n, n))
    return (e / e.sum(dim=-1, keepdim=True)) @ value
