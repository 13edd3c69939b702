"""Lets each query look at the last four keys only."""
import torch


def causal_attention(query, key, value):
    n = query.size(-2)
    place = torch.arange(n)
    behind = place[:, None] - place[None, :]
    scores = query @ key.mT / query.size(-1) ** 0.5
    scores = scores.masked_fill((behind < 0) | (behind > 3), float("-inf"))
    return scores.softmax(-1) @ value
