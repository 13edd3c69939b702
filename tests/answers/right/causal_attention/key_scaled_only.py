"""Scales the transposed key."""
import math

import torch


def causal_attention(query, key, value):
    key_t = key.transpose(-1, -2) / math.sqrt(key.size(-1))
    scores = torch.matmul(query, key_t)
    mask = torch.ones_like(scores).tril().bool()
    weights = scores.masked_fill(mask.logical_not(), float("-inf")).softmax(-1)
    return torch.matmul(weights, value)
