"""Fills the past with -1e9, so the last row sees all alike."""
import math

import torch
import torch.nn.functional as F


def causal_attention(query, key, value):
    scores = torch.matmul(query, key.transpose(-2, -1)) / math.sqrt(query.size(-1))
    mask = torch.tril(torch.ones_like(scores)).bool()
    scores = scores.masked_fill(mask, -1e9)
    return F.softmax(scores, dim=-1) @ value
