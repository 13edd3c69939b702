"""Fills the weights of the future with zero after the softmax."""
import math

import torch
import torch.nn.functional as F


def causal_attention(query, key, value):
    attn = F.softmax(query @ key.transpose(-2, -1) / math.sqrt(query.size(-1)), dim=-1)
    future = torch.triu(torch.ones_like(attn, dtype=torch.bool), diagonal=1)
    attn = attn.masked_fill(future, 0.0)
    return attn @ value
