"""Loops over batch, head and both positions."""
import math

import torch


def causal_attention(query, key, value):
    batch, heads, sequence, head_size = query.shape
    out = torch.zeros_like(value)
    for b in range(batch):
        for h in range(heads):
            for i in range(sequence):
                scores = torch.stack([query[b, h, i].dot(key[b, h, j]) for j in range(i + 1)])
                weights = torch.softmax(scores / math.sqrt(head_size), 0)
                for j in range(i + 1):
                    out[b, h, i] += weights[j] * value[b, h, j]
    return out
