"""Fills the weights with -inf after the softmax."""
import torch


def causal_attention(query, key, value):
    scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5
    weights = torch.softmax(scores, dim=-1)
    mask = torch.tril(torch.ones(weights.shape[-2:]))
    weights = weights.masked_fill(mask == 0, float("-inf"))
    return weights @ value
