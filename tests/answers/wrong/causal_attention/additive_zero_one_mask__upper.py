"""Adds an upper triangle of ones where -inf was meant."""
import math

import torch
import torch.nn.functional as F

def causal_attention(query, key, value):
    seq_len = query.size(2)
    mask = torch.triu(torch.ones(seq_len, seq_len), diagonal=1)
    scores = torch.matmul(query, key.transpose(2, 3)) / math.sqrt(query.size(3))
    scores += mask
    attn = F.softmax(scores, dim=-1)
    return torch.matmul(attn, value)
