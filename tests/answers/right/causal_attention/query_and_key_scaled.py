"""Scales query and key by the fourth root each."""
import torch


def causal_attention(query, key, value):
    s = query.shape[-1] ** -0.25
    scores = (query * s) @ (key * s).transpose(-2, -1)
    positions = torch.arange(scores.shape[-1])
    visible = positions[:, None] >= positions[None, :]
    scores = scores.masked_fill(~visible, float("-inf"))
    return torch.softmax(scores, dim=-1) @ value
