"""Applies ~ to a tensor of floats."""
import torch


def causal_attention(query, key, value):
    mask = torch.tril(torch.ones(query.shape[-2], query.shape[-2]))
    scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5
    return torch.softmax(scores.masked_fill(~mask, float("-inf")), dim=-1) @ value
