"""Multiplies the weights by the mask and leaves the rows too small."""
import torch


def causal_attention(query, key, value):
    n = query.shape[-2]
    scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5
    weights = torch.softmax(scores, dim=-1) * torch.tril(torch.ones(n, n))
    return weights @ value
