"""Has no return statement."""
import torch


def causal_attention(query, key, value):
    n = query.shape[-2]
    scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5
    scores = scores.masked_fill(torch.tril(torch.ones(n, n)) == 0, float("-inf"))
    output = torch.softmax(scores, dim=-1) @ value
