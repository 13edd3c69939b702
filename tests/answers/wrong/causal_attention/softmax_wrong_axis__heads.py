"""Takes the softmax over dim=1, the heads."""
import math

import torch
import torch.nn.functional as F


def causal_attention(query, key, value):
    scores = torch.matmul(query, key.transpose(-2, -1)) / math.sqrt(query.size(-1))
    future = torch.triu(torch.ones_like(scores, dtype=torch.bool), diagonal=1)
    attn = F.softmax(scores.masked_fill(future, float("-inf")), dim=1)
    return torch.matmul(attn, value)
