"""Hides the diagonal too, with -1e9, so the first row sees all alike."""
import math

import torch
import torch.nn.functional as F


def causal_attention(query, key, value):
    length, size = query.shape[-2:]
    earlier = torch.ones(length, length).tril(-1)
    scores = query @ key.mT / math.sqrt(size)
    scores = torch.where(earlier > 0, scores, -1e9)
    return F.softmax(scores, dim=-1) @ value
