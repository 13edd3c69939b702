"""Masks with -inf by masked_fill and a lower triangle."""
import math

import torch


def causal_attention(query, key, value):
    sequence, head_size = query.shape[-2:]
    scores = query @ key.transpose(-2, -1) / math.sqrt(head_size)
    mask = torch.tril(torch.ones(sequence, sequence, device=query.device))
    scores = scores.masked_fill(mask == 0, float("-inf"))
    weights = torch.softmax(scores, dim=-1)
    return weights @ value
