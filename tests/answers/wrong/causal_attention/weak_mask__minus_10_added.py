"""Adds -10 to the scores of the future."""
import math

import torch
import torch.nn.functional as F


def causal_attention(query, key, value):
    mask = torch.triu(torch.ones(query.size(2), query.size(2)), diagonal=1) * -10
    scores = torch.matmul(query, key.transpose(2, 3)) / math.sqrt(query.size(3)) + mask
    return torch.matmul(F.softmax(scores, dim=-1), value)
