"""Gives torch.where its branches in the wrong order."""
import torch


def causal_attention(query, key, value):
    s = (query @ key.mT) / query.shape[-1] ** 0.5
    past = torch.ones(s.shape[-2:], dtype=torch.bool).tril()
    s = torch.where(past, torch.full_like(s, -1e9), s)
    return s.softmax(-1) @ value
