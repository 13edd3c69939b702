"""Reads the sequence length off the axis of the heads."""
import torch


def causal_attention(query, key, value):
    seq_len = query.size(1)
    mask = torch.triu(torch.ones(seq_len, seq_len), diagonal=1).bool()
    scores = torch.matmul(query, key.transpose(-2, -1)) / query.size(-1) ** 0.5
    return torch.softmax(scores.masked_fill(mask, float("-inf")), dim=-1) @ value
