"""Names its arguments in another order."""
import math

import torch


def causal_attention(key, query, value):
    scores = torch.einsum("bhqd,bhkd->bhqk", query, key) / math.sqrt(query.shape[-1])
    scores = scores + torch.full(scores.shape[-2:], -1e9).triu(1)
    return torch.einsum("bhqk,bhkd->bhqd", scores.softmax(-1), value)
