"""Keeps the scores as (key, query) and takes the softmax over the keys there."""
import torch


def causal_attention(query, key, value):
    scores = key @ query.transpose(-2, -1) * query.shape[-1] ** -0.5   # (..., key, query)
    n = scores.shape[-1]
    future = torch.ones(n, n, dtype=torch.bool).tril(-1)             # key after query
    weights = scores.masked_fill(future, float("-inf")).softmax(dim=-2)
    return weights.transpose(-2, -1) @ value
