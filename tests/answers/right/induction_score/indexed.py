"""Queries and keys as two index tensors."""
import torch


def induction_score(pattern, period):
    query = torch.arange(period, pattern.shape[-1])
    return pattern[..., query, query - period + 1].mean(dim=-1)
