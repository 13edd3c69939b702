"""Masks the weights after the softmax and makes the rows sum to one again."""
import torch


def causal_attention(query, key, value):
    n = query.shape[-2]
    weights = torch.softmax(query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5, dim=-1)
    weights = weights * torch.tril(torch.ones(n, n))
    weights = weights / weights.sum(dim=-1, keepdim=True)
    return weights @ value
