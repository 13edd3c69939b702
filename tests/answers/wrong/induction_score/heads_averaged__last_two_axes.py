"""Averages over the heads and the queries."""
import torch


def induction_score(pattern, period):
    i = torch.arange(period, pattern.shape[-1])
    found = pattern[..., i, i - period + 1]
    return found.mean(dim=(-2, -1)) if found.dim() > 1 else found.mean()
