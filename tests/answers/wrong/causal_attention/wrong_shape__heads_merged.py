"""Merges the heads, which is the next exercise."""
import torch


def causal_attention(query, key, value):
    b, h, n, d = query.shape
    scores = query @ key.transpose(-2, -1) / d**0.5
    scores = scores.masked_fill(torch.tril(torch.ones(n, n)) == 0, float("-inf"))
    out = torch.softmax(scores, dim=-1) @ value
    return out.transpose(1, 2).reshape(b, n, h * d)
