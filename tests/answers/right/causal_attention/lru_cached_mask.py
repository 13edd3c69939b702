"""The mask comes from a helper that functools.lru_cache keeps by length."""
from functools import lru_cache

import torch


@lru_cache
def mask_of(length):
    return torch.full((length, length), float("-inf")).triu(1)


def causal_attention(query, key, value):
    scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5
    return torch.softmax(scores + mask_of(query.shape[-2]), -1) @ value
