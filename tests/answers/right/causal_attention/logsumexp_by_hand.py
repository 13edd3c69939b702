"""Weights as exp(scores - logsumexp)."""
import torch


def causal_attention(query, key, value):
    length = query.shape[-2]
    scores = torch.tensordot(query, key, dims=([-1], [-1])) if query.dim() == 2 else query @ key.mT
    scores = scores / query.shape[-1] ** 0.5
    scores[..., *torch.triu_indices(length, length, 1)] = -torch.inf
    return torch.exp(scores - scores.logsumexp(-1, keepdim=True)) @ value
