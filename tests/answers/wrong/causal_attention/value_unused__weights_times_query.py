"""Multiplies the weights with the query."""
import math

import torch
import torch.nn.functional as F


def causal_attention(query, key, value):
    scores = torch.matmul(query, key.transpose(-2, -1)) / math.sqrt(query.size(-1))
    future = torch.triu(torch.ones_like(scores), diagonal=1).bool()
    attn = F.softmax(scores.masked_fill(future, -1e9), dim=-1)
    return torch.matmul(attn, query)
