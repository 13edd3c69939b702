"""Prints the mask and the shapes."""
import math

import torch


def causal_attention(query, key, value):
    print("query", tuple(query.shape), "key", tuple(key.shape), "value", tuple(value.shape))
    scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
    mask = torch.triu(torch.ones(scores.shape[-1], scores.shape[-1]), 1).bool()
    print(mask)
    scores = scores.masked_fill(mask, float("-inf"))
    weights = torch.softmax(scores, dim=-1)
    print("rows sum to", weights.sum(-1)[0, 0])
    return weights @ value
