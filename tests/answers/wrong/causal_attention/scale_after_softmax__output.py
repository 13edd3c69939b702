"""Divides the output by the root of the head size."""
import math

import torch
import torch.nn.functional as F


def causal_attention(query, key, value):
    logits = torch.einsum("bhqd,bhkd->bhqk", query, key)
    i = torch.arange(query.shape[2])
    logits = logits.masked_fill(i > i.unsqueeze(-1), -1e9)
    out = torch.einsum("bhqk,bhkd->bhqd", F.softmax(logits, -1), value)
    return out / math.sqrt(query.shape[-1])
