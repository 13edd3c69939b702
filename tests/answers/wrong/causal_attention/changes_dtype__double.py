"""Computes in float64 for precision and never casts back."""
import torch


def causal_attention(query, key, value):
    scores = query.double() @ key.double().transpose(-2, -1) / query.shape[-1] ** 0.5
    n = scores.shape[-1]
    scores = scores.masked_fill(torch.tril(torch.ones(n, n)) == 0, float("-inf"))
    return torch.softmax(scores, dim=-1) @ value.double()
